namespace RpiLive.Core.Streams;

/// <summary>Bytes in memory.</summary>
/// <param name="bytes">The bytes; not copied.</param>
/// <param name="name">What errors call them.</param>
public sealed class MemorySource(ReadOnlyMemory<byte> bytes, string name) : RandomAccessSource
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset >= bytes.Length)
            return 0;
        int count = (int)Math.Min(buffer.Length, bytes.Length - offset);
        bytes.Span.Slice((int)offset, count).CopyTo(buffer);
        return count;
    }
}
