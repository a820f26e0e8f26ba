using RpiLive.Core.Streams;

namespace RpiLive.Tests.Ext4;

/// <summary>Counts what is read.</summary>
internal sealed class CountingSource(RandomAccessSource source) : RandomAccessSource
{
    private int _reads;
    private long _bytes;

    public int Reads => _reads;

    public long Bytes => _bytes;

    public override string Name => source.Name;

    public override long Length => source.Length;

    public override int Read(long offset, Span<byte> buffer)
    {
        Interlocked.Increment(ref _reads);
        Interlocked.Add(ref _bytes, buffer.Length);
        return source.Read(offset, buffer);
    }
}
