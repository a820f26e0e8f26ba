namespace RpiLive.Core.Ext4;

/// <summary>Where the blocks of a file lie. What is in no run is a hole or an unwritten extent and reads as zeros.</summary>
/// <param name="runs">Runs in file order, not overlapping.</param>
internal sealed class BlockMap(BlockRun[] runs)
{
    public static BlockMap Empty { get; } = new([]);

    public ReadOnlySpan<BlockRun> Runs => runs;

    public int Count => runs.Length;

    /// <summary>The index of the first run that ends after <paramref name="logical"/>; <see cref="Count"/> when there is none.</summary>
    public int FindFrom(long logical)
    {
        int low = 0, high = runs.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (runs[middle].End <= logical)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>The block of the file system that holds a block of the file; -1 for a hole.</summary>
    public long Find(long logical)
    {
        int index = FindFrom(logical);
        return index < runs.Length && runs[index].Logical <= logical ? runs[index].Physical + (logical - runs[index].Logical) : -1;
    }
}
