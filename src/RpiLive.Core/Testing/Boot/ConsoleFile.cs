using System.Buffers;
using System.Text;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Testing.Boot;

/// <summary>The file for all that serial ports showed; appears whole or not at all.</summary>
/// <param name="path">Full path; a file there is replaced.</param>
internal sealed class ConsoleFile(string path) : IDisposable
{
    private const int PieceLength = 1 << 20;

    private readonly DestinationFile _file = new(path, overwrite: true);
    private long _length;

    /// <summary>Adds a log with a headline.</summary>
    public void Add(string headline, string log)
    {
        Append(Encoding.UTF8.GetBytes($"== {headline}\n"));
        if (!File.Exists(log))
            return;
        using FileSource source = new(log);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            for (long offset = 0, end = Math.Min(source.Length, SerialLog.MaxLength); offset < end;)
            {
                int count = source.Read(offset, piece.AsSpan(0, (int)Math.Min(PieceLength, end - offset)));
                Append(piece.AsSpan(0, count));
                offset += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
        Append("\n"u8);
    }

    /// <summary>Lets the file appear.</summary>
    public void Commit() => _file.Commit();

    /// <summary>Takes it away again if it was not to appear.</summary>
    public void Dispose() => _file.Dispose();

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _file.Target.Write(_length, bytes);
        _length += bytes.Length;
    }
}
