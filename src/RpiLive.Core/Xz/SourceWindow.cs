using RpiLive.Core.Streams;

namespace RpiLive.Core.Xz;

/// <summary>Reads small structures that follow each other, forwards or backwards, without asking the host for each. For one thread.</summary>
internal sealed class SourceWindow(RandomAccessSource source)
{
    /// <summary>The most bytes that can be asked for at once.</summary>
    public const int MaxLength = 1 << 15;

    private readonly byte[] _bytes = new byte[2 * MaxLength];
    private long _start;
    private int _filled;

    /// <summary>Bytes of the source; valid until the next call.</summary>
    /// <param name="offset">First byte.</param>
    /// <param name="length">How many; all must be inside the source.</param>
    public ReadOnlySpan<byte> Read(long offset, int length)
    {
        if (offset < _start || offset + length > _start + _filled)
        {
            // Half before and half behind: the next structure may be on either side.
            _start = Math.Max(0, offset + (length / 2) - MaxLength);
            _filled = 0;
            _filled = source.Read(_start, _bytes.AsSpan(0, (int)Math.Min(_bytes.Length, source.Length - _start)));
            if (_start + _filled < offset + length)
                source.ReadExactly(offset, _bytes.AsSpan(0, length));
        }
        return _bytes.AsSpan((int)(offset - _start), length);
    }
}
