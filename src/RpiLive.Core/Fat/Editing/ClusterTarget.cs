using RpiLive.Core.Streams;

namespace RpiLive.Core.Fat.Editing;

/// <summary>The clusters of a file that is being written, as one target.</summary>
/// <param name="target">The volume.</param>
/// <param name="boot">Its geometry.</param>
/// <param name="runs">The clusters.</param>
internal sealed class ClusterTarget(RandomAccessTarget target, FatBootSector boot, FatRun[] runs) : RandomAccessTarget
{
    /// <summary>The clusters.</summary>
    public FatRun[] Runs => runs;

    public override string Name => target.Name;

    public override void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        foreach (FatRun run in runs)
        {
            if (bytes.IsEmpty)
                return;
            long start = run.Index * (long)boot.ClusterSize, end = start + run.Count * (long)boot.ClusterSize;
            if (offset >= end)
                continue;
            ReadOnlySpan<byte> part = bytes[..(int)Math.Min(bytes.Length, end - offset)];
            target.Write(boot.OffsetOf(run.Cluster) + offset - start, part);
            offset += part.Length;
            bytes = bytes[part.Length..];
        }
        if (!bytes.IsEmpty)
            throw new ArgumentOutOfRangeException(nameof(offset), "Past the end of the file.");
    }
}
