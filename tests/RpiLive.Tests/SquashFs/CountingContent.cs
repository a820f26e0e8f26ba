using RpiLive.Core.Tree;

namespace RpiLive.Tests.SquashFs;

/// <summary>Content that knows how much of it was read.</summary>
internal sealed class CountingContent(byte[] bytes, Action? onRead = null) : FileContent
{
    public override long Length => bytes.Length;

    public override long DiskOffset => Place;

    public long Place { get; init; } = -1;

    public long BytesRead { get; private set; }

    public override void Read(long offset, Span<byte> buffer)
    {
        onRead?.Invoke();
        BytesRead += buffer.Length;
        bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
    }
}
