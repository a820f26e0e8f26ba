using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Fat;

/// <summary>The bytes of a file on a FAT volume. Immutable, so safe for several threads.</summary>
internal sealed class FatFileContent(RandomAccessSource source, FatBootSector boot, FatRun[] runs, long length) : FileContent
{
    /// <summary>Its clusters.</summary>
    public FatRun[] Runs => runs;

    public override long Length => length;

    /// <summary>Relative to the volume.</summary>
    public override long DiskOffset => runs.Length == 0 ? -1 : boot.OffsetOf(runs[0].Cluster);

    public override void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > length - buffer.Length)
            throw new ArgumentOutOfRangeException(nameof(offset));
        int run = buffer.IsEmpty ? 0 : Find((uint)(offset / boot.ClusterSize));
        while (!buffer.IsEmpty)
        {
            long within = offset - (long)runs[run].Index * boot.ClusterSize;
            int count = (int)Math.Min(buffer.Length, (long)runs[run].Count * boot.ClusterSize - within);
            source.ReadExactly(boot.OffsetOf(runs[run].Cluster) + within, buffer[..count]);
            buffer = buffer[count..];
            offset += count;
            run++;
        }
    }

    private int Find(uint index)
    {
        int low = 0, high = runs.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (runs[middle].Index <= index)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }
}
