namespace RpiLive.Core.Tree;

/// <summary>File content in memory.</summary>
/// <param name="bytes">The bytes; not copied.</param>
public sealed class MemoryContent(ReadOnlyMemory<byte> bytes) : FileContent
{
    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> buffer) => bytes.Span.Slice((int)offset, buffer.Length).CopyTo(buffer);
}
