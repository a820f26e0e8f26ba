using System.Text;

namespace RpiLive.Core.Testing.Boot;

/// <summary>Follows the file that QEMU writes a serial port to.</summary>
/// <param name="path">The file; need not be there yet.</param>
internal sealed class SerialLog(string path) : IDisposable
{
    /// <summary>The most bytes that are taken: a kernel that says the same over and over must not fill the memory.</summary>
    public const int MaxLength = 32 << 20;

    private const int MaxLine = 1 << 20, MaxTail = 40;

    private readonly Queue<string> _tail = new();
    private readonly StringBuilder _line = new();
    private readonly byte[] _buffer = new byte[64 << 10];
    private FileStream? _file;
    private long _taken;

    /// <summary>True when more came than is taken.</summary>
    public bool IsFull => _taken >= MaxLength;

    /// <summary>The last lines, those of the report left out.</summary>
    public string Tail => string.Join('\n', _tail);

    /// <summary>The lines that have come to their end since the last call.</summary>
    public IReadOnlyList<string> ReadLines()
    {
        List<string> lines = [];
        if (_file is null && File.Exists(path))
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        while (_file is not null && !IsFull && _file.Read(_buffer) is > 0 and int count)
        {
            _taken += count;
            foreach (char letter in Encoding.Latin1.GetString(_buffer, 0, count))
            {
                if (letter is '\n' || _line.Length == MaxLine)
                    lines.Add(EndLine());
                else if (letter is not '\r')
                    _line.Append(letter);
            }
        }
        return lines;
    }

    /// <summary>Lets go of the file.</summary>
    public void Dispose() => _file?.Dispose();

    private string EndLine()
    {
        string line = _line.ToString();
        _line.Clear();
        if (line.Trim().Length > 0 && !line.Contains(GuestReport.Mark, StringComparison.Ordinal))
        {
            _tail.Enqueue(line.Length > 200 ? line[..200] : line);
            if (_tail.Count > MaxTail)
                _tail.Dequeue();
        }
        return line;
    }
}
