namespace RpiLive.Core.Ext4.Making;

/// <summary>The blocks of one file.</summary>
/// <param name="Runs">Its content, in order, none longer than an extent can be.</param>
/// <param name="TreeBlocks">The nodes of its extent tree outside the inode.</param>
internal sealed record FileBlocks(IReadOnlyList<BlockRun> Runs, IReadOnlyList<long> TreeBlocks)
{
    /// <summary>No blocks.</summary>
    public static FileBlocks None { get; } = new([], []);

    /// <summary>Blocks in use.</summary>
    public long Count => Runs.Sum(static run => run.Length) + TreeBlocks.Count;

    /// <summary>Takes the next free blocks for a file; null where there are not enough.</summary>
    /// <param name="blocks">Gives them out.</param>
    /// <param name="ranges">Blocks of the file that hold something, in order.</param>
    public static FileBlocks? TryTake(BlockAllocator blocks, IReadOnlyList<BlockRange> ranges)
    {
        if (ranges.Count == 0)
            return None;
        if (ranges.Sum(static range => range.Length) > blocks.Free)
            return null;
        List<BlockRun> runs = [];
        foreach (BlockRange range in ranges)
        {
            long logical = range.Start;
            foreach (BlockRange taken in blocks.Take(range.Length, ExtentTree.MaxWrittenLength))
            {
                runs.Add(new BlockRun(logical, taken.Length, taken.Start));
                logical += taken.Length;
            }
        }
        long nodes = ExtentTreeMaker.BlocksFor(runs.Count);
        if (nodes > blocks.Free)
            return null;
        long[] treeBlocks = new long[nodes];
        for (int i = 0; i < treeBlocks.Length; i++)
            treeBlocks[i] = blocks.Take();
        return new FileBlocks(runs, treeBlocks);
    }
}
