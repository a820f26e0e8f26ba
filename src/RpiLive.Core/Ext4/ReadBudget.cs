namespace RpiLive.Core.Ext4;

/// <summary>
/// Counts the blocks that are read into memory as directories, link targets and attribute values. No block belongs to two of
/// them, so a sound file system cannot have more than it has blocks; without this a small forged image could fill the memory.
/// </summary>
internal sealed class ReadBudget(Ext4Device device)
{
    private long _left = device.Superblock.BlockCount;

    /// <summary>Takes <paramref name="blocks"/> out of what is left.</summary>
    public void Take(long blocks, uint inode)
    {
        if (blocks > _left)
        {
            throw device.Corrupt(
                $"inode {inode:N0} shares blocks with others: directories, links and attributes "
                + $"need more than the {device.Superblock.BlockCount:N0} blocks of the file system");
        }
        _left -= blocks;
    }
}
