using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4;

/// <summary>A file whose bytes stand in its inode. A file can be longer than those; the rest is a hole, as Linux reads it.</summary>
/// <param name="bytes">The bytes that the inode holds, not more than <paramref name="length"/>.</param>
/// <param name="length">Size of the file.</param>
internal sealed class InlineContent(byte[] bytes, long length) : FileContent
{
    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, length - buffer.Length);
        ReadOnlySpan<byte> stored = offset < bytes.Length ? bytes.AsSpan((int)offset) : default;
        stored = stored[..Math.Min(stored.Length, buffer.Length)];
        stored.CopyTo(buffer);
        buffer[stored.Length..].Clear();
    }

    /// <inheritdoc/>
    public override bool IsHole(long offset, long length) => length == 0 || offset >= bytes.Length;
}
