using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Testing.Boot;

/// <summary>
/// A machine that runs. It is told and asked over QMP (docs/interop/qmp-spec.rst of QEMU) on the standard streams of the program, and
/// waits when the machine is off or starts anew, so that it can still be asked. Disposal ends it.
/// </summary>
internal sealed class QemuRun : IDisposable
{
    private const int AnswerSeconds = 20, ErrorSeconds = 5, MaxErrorText = 4096;

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<int, JsonElement> _answers = [];
    private readonly ManualResetEventSlim _answered = new(false), _errorsRead = new(false);
    private int _lastId;
    private volatile bool _isOff;

    private QemuRun(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => NoteError(line.Data);
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        Send("qmp_capabilities");
    }

    /// <summary>True once the machine was switched off, or asked for a restart.</summary>
    public bool IsOff => _isOff;

    /// <summary>True when the program itself has ended, which it does not by itself.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>What the program complained of.</summary>
    public string Errors
    {
        get
        {
            lock (_gate)
                return _errors.ToString().Trim();
        }
    }

    /// <summary>Starts a machine.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.QemuUnusable"/>.</exception>
    public static QemuRun Start(QemuProgram qemu, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(qemu.Path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (string argument in (IEnumerable<string>)["-display", "none", "-monitor", "none", "-nic", "none", "-no-user-config", "-qmp", "stdio", "-action", "reboot=shutdown,shutdown=pause", .. arguments])
            start.ArgumentList.Add(argument);
        try
        {
            return new QemuRun(Process.Start(start)!);
        }
        catch (Exception error) when (error is Win32Exception or IOException or InvalidOperationException)
        {
            throw new ImageException(ErrorIds.QemuUnusable, ImageErrorKind.Unreadable, $"{qemu.Path}: cannot be started: {error.Message.TrimEnd('.')}.",
                "Check that QEMU is installed and may run.", error);
        }
    }

    /// <summary>Bytes that the machine has written to all its disks; null where the program does not answer.</summary>
    public long? AskWritten()
    {
        if (Ask("query-blockstats") is not { ValueKind: JsonValueKind.Array } disks)
            return null;
        long sum = 0;
        foreach (JsonElement disk in disks.EnumerateArray())
        {
            if (disk.TryGetProperty("stats", out JsonElement stats) && stats.TryGetProperty("wr_bytes", out JsonElement bytes) && bytes.TryGetInt64(out long written))
                sum += written;
        }
        return sum;
    }

    /// <summary>Lets the program end by itself, so that its files are complete and its complaints are known.</summary>
    public void Quit()
    {
        Send("quit");
        if (!_process.WaitForExit(TimeSpan.FromSeconds(AnswerSeconds)))
            Kill();
        // The end of a program may be known before its last words are.
        _errorsRead.Wait(TimeSpan.FromSeconds(ErrorSeconds));
    }

    /// <summary>Ends the program.</summary>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
        _answered.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(TimeSpan.FromSeconds(AnswerSeconds));
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private JsonElement? Ask(string command)
    {
        int id = Send(command);
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < AnswerSeconds;)
        {
            _answered.Reset();
            lock (_gate)
            {
                if (_answers.Remove(id, out JsonElement answer))
                    return answer;
            }
            _answered.Wait(TimeSpan.FromMilliseconds(200));
        }
        return null;
    }

    private int Send(string command)
    {
        int id = ++_lastId;
        try
        {
            _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"execute\":\"{command}\",\"id\":{id}}}"));
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended; who asks finds that out.
        }
        return id;
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement message = document.RootElement;
            if (message.TryGetProperty("event", out JsonElement name) && name.GetString() is "SHUTDOWN" or "GUEST_PANICKED")
                _isOff = true;
            if (message.TryGetProperty("id", out JsonElement id) && id.TryGetInt32(out int number) && message.TryGetProperty("return", out JsonElement answer))
            {
                lock (_gate)
                    _answers[number] = answer.Clone();
                _answered.Set();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ObjectDisposedException)
        {
            // Not a message; what is missing shows where it is waited for.
        }
    }

    private void NoteError(string? line)
    {
        if (line is null)
        {
            _errorsRead.Set();
            return;
        }
        lock (_gate)
        {
            if (_errors.Length < MaxErrorText)
                _errors.AppendLine(line);
        }
    }
}
