using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace RpiLive.BootTests.Harness;

/// <summary>The guest's serial port: all that came out of it, and a way in.</summary>
internal sealed partial class SerialConsole : IDisposable
{
    private readonly Socket _socket;
    private readonly StringBuilder _text = new();
    private readonly FileStream _log;
    private readonly Task _reader;

    private SerialConsole(Socket socket, string logFile)
    {
        _socket = socket;
        _log = new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        _reader = Task.Run(ReadAsync);
    }

    /// <summary>How much came so far: a place to look from.</summary>
    public int Position
    {
        get
        {
            lock (_text)
                return _text.Length;
        }
    }

    /// <summary>Waits for the socket that QEMU makes when it starts.</summary>
    public static async Task<SerialConsole> ConnectAsync(string path, string logFile, CancellationToken cancel)
    {
        while (true)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                return new SerialConsole(socket, logFile);
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(100, cancel);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>What came after a position, without carriage returns and terminal control sequences.</summary>
    public string TextFrom(int position)
    {
        lock (_text)
            return ControlSequence().Replace(_text.ToString(position, _text.Length - position), "");
    }

    /// <summary>The first match after a position, or null while there is none.</summary>
    public Match? Find(Regex pattern, int from)
    {
        Match match = pattern.Match(TextFrom(from));
        return match.Success ? match : null;
    }

    public async Task SendAsync(string text, CancellationToken cancel)
    {
        // In small pieces: the guest's terminal drops what overflows its input queue.
        foreach (byte[] piece in Encoding.UTF8.GetBytes(text).Chunk(256))
        {
            for (int sent = 0; sent < piece.Length;)
                sent += await _socket.SendAsync(piece.AsMemory(sent), cancel);
            await Task.Delay(5, cancel);
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _reader.Wait(TimeSpan.FromSeconds(5));
        _log.Dispose();
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[65536];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        char[] characters = new char[buffer.Length + 1];
        try
        {
            int count;
            while ((count = await _socket.ReceiveAsync(buffer)) > 0)
            {
                await _log.WriteAsync(buffer.AsMemory(0, count));
                await _log.FlushAsync();
                int decoded = decoder.GetChars(buffer, 0, count, characters, 0);
                lock (_text)
                    _text.Append(characters, 0, decoded);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // QEMU or we ended it.
        }
    }

    [GeneratedRegex(@"\x1b(\[[0-9;?]*[A-Za-z]|\][^\a\x1b]*(\a|\x1b\\)|[=>()][A-Z0-9]?)|\r")]
    private static partial Regex ControlSequence();
}
