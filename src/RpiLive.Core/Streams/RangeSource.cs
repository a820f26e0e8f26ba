namespace RpiLive.Core.Streams;

/// <summary>A window on another source. Bounds are checked by <see cref="RandomAccessSource.Slice"/>.</summary>
internal sealed class RangeSource(RandomAccessSource source, long start, long length, string name) : RandomAccessSource
{
    public override string Name => name;

    public override long Length => length;

    public override bool SeeksAreDear => source.SeeksAreDear;

    public override int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset >= length)
            return 0;
        if (buffer.Length > length - offset)
            buffer = buffer[..(int)(length - offset)];
        return source.Read(start + offset, buffer);
    }
}
