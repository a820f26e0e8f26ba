using RpiLive.Core.Tree;

namespace RpiLive.Tests.SquashFs;

/// <summary>A hole of any size with some bytes in it.</summary>
internal sealed class SparseContent(long length, long start, byte[] bytes) : FileContent
{
    public override long Length => length;

    public override bool IsHole(long offset, long count) => offset + count <= start || offset >= start + bytes.Length;

    public override void Read(long offset, Span<byte> buffer)
    {
        buffer.Clear();
        long from = Math.Max(offset, start), to = Math.Min(offset + buffer.Length, start + bytes.Length);
        if (from < to)
            bytes.AsSpan((int)(from - start), (int)(to - from)).CopyTo(buffer[(int)(from - offset)..]);
    }
}
