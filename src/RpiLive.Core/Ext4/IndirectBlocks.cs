using System.Buffers.Binary;

namespace RpiLive.Core.Ext4;

/// <summary>The block map of ext2 and ext3: 12 direct blocks, then one each of single, double and triple indirection.</summary>
internal sealed class IndirectBlocks
{
    private const int DirectCount = 12;
    private const int Levels = 3;

    private readonly Ext4Device _device;
    private readonly BlockMapBuilder _builder;
    private readonly long _limit;
    private readonly byte[]?[] _buffers = new byte[Levels][];
    private long _next;

    private IndirectBlocks(Ext4Device device, uint inode, long limit)
    {
        _device = device;
        _limit = limit;
        _builder = new BlockMapBuilder(device, inode);
    }

    /// <summary>Reads the map.</summary>
    /// <param name="device">The file system.</param>
    /// <param name="inode">The inode's number.</param>
    /// <param name="area">i_block.</param>
    /// <param name="limit">The number of file blocks that matter: those that hold the size.</param>
    public static BlockMap Read(Ext4Device device, uint inode, ReadOnlySpan<byte> area, long limit)
    {
        IndirectBlocks blocks = new(device, inode, limit);
        blocks.ReadPointers(area[..(DirectCount * 4)], 0);
        for (int level = 1; level <= Levels; level++)
            blocks.ReadPointers(area.Slice((DirectCount + level - 1) * 4, 4), level);
        if (blocks._next < limit)
            throw device.Corrupt($"inode {inode:N0} needs {limit:N0} blocks, more than its block map can hold");
        return blocks._builder.Build();
    }

    private void ReadPointers(ReadOnlySpan<byte> pointers, int level)
    {
        long span = 1;
        for (int i = 0; i < level; i++)
            span *= _device.BlockSize / 4;
        for (int i = 0; i < pointers.Length && _next < _limit; i += 4)
        {
            uint block = BinaryPrimitives.ReadUInt32LittleEndian(pointers[i..]);
            if (block == 0)
            {
                _next += span;
            }
            else if (level == 0)
            {
                _builder.Add(_next++, 1, block, isWritten: true);
            }
            else
            {
                _builder.AddTreeBlock(block, "an indirect block");
                byte[] buffer = _buffers[level - 1] ??= new byte[_device.BlockSize];
                _device.ReadBlocks(block, buffer);
                ReadPointers(buffer, level - 1);
            }
        }
    }
}
