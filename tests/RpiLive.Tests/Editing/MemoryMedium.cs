using RpiLive.Core.Streams;

namespace RpiLive.Tests.Editing;

/// <summary>An image in memory. Writing past its end fails: nothing that is edited in place may do so.</summary>
internal sealed class MemoryMedium(byte[] bytes) : EditedMedium
{
    public override string Name => "memory";

    public override RandomAccessSource Content { get; } = new MemorySource(bytes, "memory");

    public override void Write(long offset, ReadOnlySpan<byte> part) => part.CopyTo(bytes.AsSpan((int)offset));

    public override void SetLength(long length) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}
