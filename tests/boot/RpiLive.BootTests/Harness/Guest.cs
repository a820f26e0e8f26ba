using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace RpiLive.BootTests.Harness;

/// <summary>What to boot, and how.</summary>
internal sealed record GuestOptions(string Image, Machine Machine)
{
    /// <summary>Memory of a machine that has a choice.</summary>
    public int MemoryMiB { get; init; } = 1024;

    /// <summary>Words added to the kernel command line.</summary>
    public string ExtraWords { get; init; } = "";

    /// <summary>USB sticks; the guest's writes go to their files.</summary>
    public IReadOnlyList<UsbStick> UsbSticks { get; init; } = [];

    /// <summary>How many MiB the card has behind the end of the image.</summary>
    public int FreeMiB { get; init; }

    /// <summary>How long a boot to the login prompt may take, under emulation on a busy machine.</summary>
    public TimeSpan BootLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Name of the log of the serial console, kept in the directory RPILIVE_BOOT_LOGS where that is set.</summary>
    public required string Name { get; init; }
}

/// <summary>A raw image file as a USB stick.</summary>
internal sealed record UsbStick(string File)
{
    /// <summary>True when its switch protects it from being written.</summary>
    public bool IsWriteProtected { get; init; }

    /// <summary>False when it is plugged in later.</summary>
    public bool IsPluggedIn { get; init; } = true;
}

/// <summary>The guest did not do what it had to: panicked, hung, or ended.</summary>
internal sealed class GuestException(string message) : Exception(message);

/// <summary>What a command printed (both streams) and its exit status.</summary>
internal sealed record CommandResult(int Status, string Output)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A range of the card that the guest wrote.</summary>
internal sealed record WrittenRange(long Start, long Length);

/// <summary>
/// A board in QEMU. Its card is an overlay over the image, so that the image is never touched and every write is seen,
/// even one of equal bytes. One object is one board: it can be rebooted and have its power cut, and keeps its card.
/// </summary>
internal sealed partial class Guest : IAsyncDisposable
{
    private static readonly TimeSpan s_commandLimit = TimeSpan.FromMinutes(5);

    private readonly GuestOptions _options;
    private readonly string _directory;
    private readonly string _card;
    private readonly string _log;
    private Process? _qemu;
    private SerialConsole? _console;
    private int _boots;

    private Guest(GuestOptions options, string directory)
    {
        _options = options;
        _directory = directory;
        _card = Path.Combine(directory, "card.qcow2");
        string logs = Environment.GetEnvironmentVariable("RPILIVE_BOOT_LOGS") is { Length: > 0 } kept ? kept : directory;
        Directory.CreateDirectory(logs);
        _log = Path.Combine(logs, options.Name + ".log");
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>From power-on to the login prompt, of the last boot.</summary>
    public TimeSpan BootTime { get; private set; }

    private SerialConsole Console => _console ?? throw new InvalidOperationException("the guest is off");

    /// <summary>Puts the card in and switches the board on.</summary>
    public static async Task<Guest> StartAsync(GuestOptions options, CancellationToken cancel)
    {
        string directory = Directory.CreateTempSubdirectory("rpilive-boot-").FullName;
        Guest guest = new(options, directory);
        try
        {
            long size = new FileInfo(options.Image).Length + ((long)options.FreeMiB << 20);
            if (options.Machine.HasSdSlot)
                size = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)size);
            await HostTools.RunAsync(
                HostTools.QemuImg,
                ["create", "-q", "-f", "qcow2", "-b", Path.GetFullPath(options.Image), "-F", "raw", guest._card,
                    size.ToString(CultureInfo.InvariantCulture)],
                cancel);
            await guest.PowerOnAsync(cancel);
            return guest;
        }
        catch
        {
            await guest.DisposeAsync();
            throw;
        }
    }

    /// <summary>Switches a board on that is off.</summary>
    /// <param name="cancel">Ends it.</param>
    /// <param name="extraWords">Words added to the kernel command line; null for those of the options.</param>
    public async Task PowerOnAsync(CancellationToken cancel, string? extraWords = null)
    {
        Firmware firmware = new(await BootSourceAsync(cancel), _directory);
        BootFiles files = await firmware.LoadAsync(_options.Machine, extraWords ?? _options.ExtraWords, cancel);
        string socket = Path.Combine(_directory, $"console{++_boots}");
        await File.AppendAllTextAsync(_log, $"\n===== boot {_boots} of {_options.Name}: {files.CommandLine}\n", cancel);

        ProcessStartInfo start = new(HostTools.Qemu, Arguments(files, socket))
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        _qemu = Process.Start(start) ?? throw new InvalidOperationException("could not start QEMU");
        _qemu.StandardInput.Close();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        Task<SerialConsole> connecting = SerialConsole.ConnectAsync(socket, _log, limit.Token);
        Task ended = _qemu.WaitForExitAsync(limit.Token);
        if (await Task.WhenAny(connecting, ended) == ended)
            throw new GuestException("QEMU did not start: " + await _qemu.StandardError.ReadToEndAsync(cancel));
        _console = await connecting;
        // Nobody reads it later, and a full pipe would stop QEMU.
        _ = _qemu.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <summary>Waits for the login prompt and logs in as root, who has no password.</summary>
    public async Task LoginAsync(CancellationToken cancel)
    {
        Stopwatch watch = Stopwatch.StartNew();
        await ExpectAsync(LoginPrompt(), 0, _options.BootLimit, cancel);
        BootTime = watch.Elapsed;
        int from = Console.Position;
        await Console.SendAsync("root\n", cancel);
        // From here on only what commands print: no echo, no prompt, no colours, no messages of the kernel or of systemd.
        await QuietenAsync(from, cancel);
    }

    /// <summary>Logs out and in again.</summary>
    public async Task LoginAgainAsync(CancellationToken cancel)
    {
        int from = Console.Position;
        await Console.SendAsync("exit\n", cancel);
        await ExpectAsync(LoginPrompt(), from, s_commandLimit, cancel);
        from = Console.Position;
        await Console.SendAsync("root\n", cancel);
        await QuietenAsync(from, cancel);
    }

    /// <summary>Waits for the shell that was started in place of init; seconds, where a whole system takes minutes.</summary>
    public Task ShellAsync(CancellationToken cancel) => QuietenAsync(0, cancel);

    /// <summary>Waits for the shell's prompt and makes it one for programs.</summary>
    private async Task QuietenAsync(int from, CancellationToken cancel)
    {
        await ExpectAsync(ShellPrompt(), from, _options.BootLimit, cancel);
        from = Console.Position;
        await Console.SendAsync(
            " stty -echo; bind 'set enable-bracketed-paste off'; unset PROMPT_COMMAND HISTFILE; PS1= PS2=; "
            + "dmesg -n 1; kill -s RTMIN+21 1; echo shell-is-$((1 + 1))\n",
            cancel);
        await ExpectAsync(ShellIsReady(), from, s_commandLimit, cancel);
    }

    /// <summary>Waits till systemd has nothing more to start and returns the state it then reports.</summary>
    public async Task<string> WaitForSystemAsync(CancellationToken cancel) =>
        (await RunAsync("systemctl is-system-running --wait", _options.BootLimit, cancel)).Output.Trim();

    public Task<CommandResult> RunAsync(string script, CancellationToken cancel) => RunAsync(script, s_commandLimit, cancel);

    /// <summary>Runs a shell script in the guest.</summary>
    public async Task<CommandResult> RunAsync(string script, TimeSpan limit, CancellationToken cancel)
    {
        // Both ways in base64: a serial line takes no bytes above 127 and no long lines, and other programs print on it too.
        string id = Guid.NewGuid().ToString("N")[..8];
        string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(script), Base64FormattingOptions.InsertLineBreaks)
            .Replace("\r", "", StringComparison.Ordinal);
        int from = Console.Position;
        await Console.SendAsync(
            $" base64 -d >/run/{id}.sh <<'END'\n{encoded}\nEND\n sh /run/{id}.sh </dev/null >/run/{id} 2>&1; echo status-{id} $?\n", cancel);
        Match ended = await ExpectAsync(new Regex($@"status-{id} (\d+)\n"), from, limit, cancel);
        int status = int.Parse(ended.Groups[1].Value, CultureInfo.InvariantCulture);

        for (int attempt = 1; ; attempt++)
        {
            from = Console.Position;
            await Console.SendAsync($" sha256sum </run/{id}; base64 /run/{id}; echo end-{id}-{attempt}\n", cancel);
            Match reply = await ExpectAsync(
                new Regex($@"([0-9a-f]{{64}})  -\n([^-]*?)end-{id}-{attempt}\n"), from, s_commandLimit, cancel);
            if (TryDecode(reply.Groups[2].Value, reply.Groups[1].Value) is { } output)
                return new CommandResult(status, output);
            if (attempt == 4)
                throw new GuestException("the console garbles the output of: " + script);
        }
    }

    /// <summary>Runs a shell script that has to succeed and returns what it printed.</summary>
    public async Task<string> OutputOfAsync(string script, CancellationToken cancel)
    {
        CommandResult result = await RunAsync(script, cancel);
        return result.Status == 0
            ? result.Output
            : throw new GuestException($"ended with {result.Status}: {script}\n{result.Output}");
    }

    /// <summary>Waits for a line on the console, counted from power-on.</summary>
    public Task<Match> ExpectAsync(Regex pattern, TimeSpan limit, CancellationToken cancel) => ExpectAsync(pattern, 0, limit, cancel);

    /// <summary>Types on the console, for a guest that has no login.</summary>
    public Task TypeAsync(string text, CancellationToken cancel) => Console.SendAsync(text, cancel);

    /// <summary>What the console showed since power-on.</summary>
    public string ConsoleText() => Console.TextFrom(0);

    /// <summary>Restarts from inside, up to the next login.</summary>
    public async Task RebootAsync(CancellationToken cancel)
    {
        await ShutDownAsync(cancel);
        await PowerOnAsync(cancel);
        await LoginAsync(cancel);
    }

    /// <summary>Restarts from inside, and has the power off before the next boot.</summary>
    public async Task ShutDownAsync(CancellationToken cancel)
    {
        await Console.SendAsync(" systemctl reboot\n", cancel);
        // QEMU is told to end at a reset, because the firmware, which is us, has to load the next kernel.
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        try
        {
            await _qemu!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new GuestException("the guest does not restart; last on the console: " + Tail());
        }
        PowerCut();
    }

    /// <summary>Plugs a stick in.</summary>
    public Task PlugInAsync(int stick, CancellationToken cancel) => MonitorAsync($"device_add usb-storage,drive=stick{stick},id=usb{stick}", cancel);

    /// <summary>Pulls a stick out.</summary>
    public Task PullOutAsync(int stick, CancellationToken cancel) => MonitorAsync($"device_del usb{stick}", cancel);

    /// <summary>Gives an order to QEMU's monitor.</summary>
    private async Task MonitorAsync(string order, CancellationToken cancel)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(MonitorSocket), cancel);
        string text = "";
        byte[] buffer = new byte[4096];
        bool sent = false;
        // The prompt comes before the order and after it.
        while (!text.EndsWith("(qemu) ", StringComparison.Ordinal) || !sent)
        {
            if (text.EndsWith("(qemu) ", StringComparison.Ordinal))
            {
                text = "";
                sent = true;
                await socket.SendAsync(Encoding.ASCII.GetBytes(order + "\n"), cancel);
            }
            int count = await socket.ReceiveAsync(buffer, cancel);
            if (count == 0)
                throw new GuestException("QEMU ended during: " + order);
            text += Encoding.UTF8.GetString(buffer, 0, count);
        }
        if (text.Contains("Error", StringComparison.Ordinal))
            throw new GuestException($"{order}: {text}");
    }

    private string MonitorSocket => Path.Combine(_directory, $"monitor{_boots}");

    /// <summary>Pulls the plug.</summary>
    public void PowerCut()
    {
        if (_qemu is not null)
        {
            if (!_qemu.HasExited)
            {
                _qemu.Kill();
                _qemu.WaitForExit(10_000);
            }
            _qemu.Dispose();
            _qemu = null;
        }
        _console?.Dispose();
        _console = null;
    }

    /// <summary>What the guest wrote to its card since it was put in, in units of 64 KiB.</summary>
    public async Task<IReadOnlyList<WrittenRange>> WrittenAsync(CancellationToken cancel)
    {
        string map = await HostTools.RunAsync(HostTools.QemuImg, ["map", "--force-share", "--output=json", _card], cancel);
        using JsonDocument ranges = JsonDocument.Parse(map);
        // Depth 0 is the overlay itself; "present" tells a range of it from what neither it nor the image has.
        return [.. ranges.RootElement.EnumerateArray()
            .Where(range => range.GetProperty("depth").GetInt32() == 0 && range.GetProperty("present").GetBoolean())
            .Select(range => new WrittenRange(range.GetProperty("start").GetInt64(), range.GetProperty("length").GetInt64()))];
    }

    /// <summary>What the card holds now, as a raw file. The board is off.</summary>
    public Task CopyCardAsync(string target, CancellationToken cancel) =>
        HostTools.RunAsync(HostTools.QemuImg, ["convert", "-O", "raw", _card, target], cancel);

    public ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        PowerCut();
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private List<string> Arguments(BootFiles files, string socket)
    {
        Machine machine = _options.Machine;
        // Zeroes and discards have to count as writes.
        const string Drive = "discard=unmap,detect-zeroes=off";
        List<string> arguments =
        [
            "-M", machine.Qemu, "-accel", "tcg,thread=multi", "-display", "none", "-no-reboot",
            "-monitor", $"unix:{MonitorSocket},server=on,wait=off",
            "-kernel", files.Kernel, "-append", files.CommandLine,
        ];
        if (files.Initramfs is { } initramfs)
            arguments.AddRange(["-initrd", initramfs]);
        if (files.DeviceTree is { } tree)
            arguments.AddRange(["-dtb", tree]);
        if (machine.HasSdSlot)
        {
            arguments.AddRange(["-drive", $"if=sd,file={_card},format=qcow2,{Drive}"]);
        }
        else
        {
            arguments.AddRange(
            [
                "-cpu", "cortex-a72", "-smp", "2", "-m", $"{_options.MemoryMiB}", "-nic", "none",
                "-drive", $"if=none,id=card,file={_card},format=qcow2,{Drive}", "-device", "virtio-blk-pci,drive=card",
            ]);
            if (_options.UsbSticks.Count > 0)
                arguments.AddRange(["-device", "qemu-xhci,p2=15,p3=15"]);
        }
        for (int i = 0; i < _options.UsbSticks.Count; i++)
        {
            UsbStick stick = _options.UsbSticks[i];
            arguments.AddRange(["-drive", $"if=none,id=stick{i},file={stick.File},format=raw,readonly={(stick.IsWriteProtected ? "on" : "off")}"]);
            if (stick.IsPluggedIn)
                arguments.AddRange(["-device", $"usb-storage,drive=stick{i},id=usb{i}"]);
        }
        for (int i = 1; i < machine.SerialPorts; i++)
            arguments.AddRange(["-serial", "null"]);
        arguments.AddRange(["-chardev", $"socket,id=console,path={socket},server=on,wait=off", "-serial", "chardev:console"]);
        return arguments;
    }

    /// <summary>The image, or what the card has become once the guest wrote to the boot volume.</summary>
    private async Task<string> BootSourceAsync(CancellationToken cancel)
    {
        (long start, long length) = new Firmware(_options.Image, _directory).BootVolume;
        IReadOnlyList<WrittenRange> written = await WrittenAsync(cancel);
        if (!written.Any(range => range.Start < start + length && range.Start + range.Length > start))
            return _options.Image;
        string copy = Path.Combine(_directory, "card.raw");
        await CopyCardAsync(copy, cancel);
        return copy;
    }

    private async Task<Match> ExpectAsync(Regex pattern, int from, TimeSpan limit, CancellationToken cancel)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (true)
        {
            bool ended = _qemu!.HasExited;
            if (Console.Find(pattern, from) is { } match)
                return match;
            if (Console.Find(Panic(), from) is { } panic)
                throw new GuestException($"the guest failed: {panic.Value}; last on the console: {Tail()}");
            if (ended)
                throw new GuestException($"QEMU ended while waiting for {pattern}; last on the console: {Tail()}");
            if (watch.Elapsed > limit)
                throw new GuestException($"{pattern} did not come in {limit.TotalSeconds:0} s; last on the console: {Tail()}");
            await Task.Delay(100, cancel);
        }
    }

    private string Tail()
    {
        string text = Console.TextFrom(0);
        return text[Math.Max(0, text.Length - 1000)..];
    }

    private static string? TryDecode(string base64, string sha256)
    {
        try
        {
            byte[] bytes = Convert.FromBase64String(base64);
            return Convert.ToHexStringLower(SHA256.HashData(bytes)) == sha256 ? Encoding.UTF8.GetString(bytes) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>No QEMU outlives a test run that is stopped.</summary>
    private void OnProcessExit(object? sender, EventArgs e) => PowerCut();

    [GeneratedRegex(@"login: $")]
    private static partial Regex LoginPrompt();

    [GeneratedRegex(@"root@\S+# $")]
    private static partial Regex ShellPrompt();

    [GeneratedRegex(@"shell-is-2\n")]
    private static partial Regex ShellIsReady();

    [GeneratedRegex(@"Kernel panic - not syncing.*|You are in (emergency|rescue) mode|Give root password for maintenance")]
    private static partial Regex Panic();
}
