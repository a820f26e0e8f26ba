namespace RpiLive.Core.Ext4;

/// <summary>What it takes to read the block map of a file later, without its inode.</summary>
internal sealed class BlockMapSource
{
    private readonly uint _inode;
    private readonly uint _checksumSeed;
    private readonly bool _hasExtents;
    private readonly byte[] _area;
    private readonly long _blocks;
    private readonly BlockMap? _fixed;

    /// <summary>Remembers the roots of the map.</summary>
    /// <param name="device">The file system.</param>
    /// <param name="inode">The file.</param>
    /// <param name="replayed">The map that the fast commit replay made; null for the one on disk.</param>
    public BlockMapSource(Ext4Device device, Inode inode, BlockMap? replayed)
    {
        _inode = inode.Number;
        _checksumSeed = inode.ChecksumSeed;
        _hasExtents = (inode.Flags & InodeFlags.Extents) != 0;
        _area = inode.BlockArea.ToArray();
        _blocks = (long)((inode.Size + (ulong)device.BlockSize - 1) / (ulong)device.BlockSize);
        _fixed = replayed;
    }

    /// <summary>True when the map can be had without reading a block.</summary>
    public bool IsCheap => _fixed is not null || (_hasExtents ? !ExtentTree.IsDeep(_area) : _area.AsSpan(48, 12).IndexOfAnyExcept((byte)0) < 0);

    /// <summary>Reads the map.</summary>
    public BlockMap Read(Ext4Device device)
    {
        if (_fixed is not null)
            return _fixed;
        return _hasExtents ? ExtentTree.Read(device, _inode, _checksumSeed, _area) : IndirectBlocks.Read(device, _inode, _area, _blocks);
    }
}
