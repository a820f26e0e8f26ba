using RpiLive.Core.Tree;

namespace RpiLive.Core.Streams;

/// <summary>The bytes of a file in a tree, for readers of formats.</summary>
/// <param name="content">The bytes.</param>
/// <param name="name">What errors call them.</param>
internal sealed class ContentSource(FileContent content, string name) : RandomAccessSource
{
    public override string Name => name;

    public override long Length => content.Length;

    public override int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset >= content.Length)
            return 0;
        buffer = buffer[..(int)Math.Min(buffer.Length, content.Length - offset)];
        content.Read(offset, buffer);
        return buffer.Length;
    }
}
