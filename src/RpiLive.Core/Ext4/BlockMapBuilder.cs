namespace RpiLive.Core.Ext4;

/// <summary>Collects the runs of one file in file order and checks them.</summary>
internal sealed class BlockMapBuilder(Ext4Device device, uint inode)
{
    private readonly List<BlockRun> _runs = [];
    private long _end;
    private long _mapped;
    private long _treeBlocks;

    /// <summary>Adds blocks; those of an unwritten extent only count for the order.</summary>
    public void Add(long logical, long length, long physical, bool isWritten)
    {
        if (logical < _end)
            throw device.Corrupt($"inode {inode:N0} maps block {logical:N0} of the file after block {_end - 1:N0}");
        if (logical + length > uint.MaxValue)
        {
            throw device.Corrupt(
                $"inode {inode:N0} maps {length:N0} blocks at block {logical:N0} of the file, past the largest block number");
        }
        device.CheckBlocks(physical, length, $"an extent of inode {inode:N0}");
        // No block has two places in files, so a file cannot map more blocks than there are; only deduplicated Android images can.
        _mapped += length;
        if (_mapped > device.Superblock.BlockCount && !device.Superblock.Has(RoCompatFeatures.SharedBlocks))
            throw device.Corrupt($"inode {inode:N0} maps more blocks than the {device.Superblock.BlockCount:N0} of the file system");
        _end = logical + length;
        if (!isWritten)
            return;
        if (_runs.Count > 0 && _runs[^1] is BlockRun last && last.End == logical && last.Physical + last.Length == physical)
        {
            _runs[^1] = last with { Length = last.Length + length };
            return;
        }
        if (_runs.Count >= device.Superblock.BlockCount)
            throw device.Corrupt($"inode {inode:N0} has more extents than the file system has blocks");
        _runs.Add(new BlockRun(logical, length, physical));
    }

    /// <summary>Counts a block of the tree itself; a file that needs more of them than the file system has goes in circles.</summary>
    public void AddTreeBlock(long block, string what)
    {
        device.CheckBlocks(block, 1, $"{what} of inode {inode:N0}");
        if (++_treeBlocks > device.Superblock.BlockCount)
            throw device.Corrupt($"inode {inode:N0} has more blocks in its block map than the file system has");
    }

    public BlockMap Build() => _runs.Count == 0 ? BlockMap.Empty : new BlockMap([.. _runs]);
}
