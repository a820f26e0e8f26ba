using System.Buffers.Binary;

namespace RpiLive.Core.Ext4;

/// <summary>The extent tree of a file (Documentation/filesystems/ext4/ifork.rst, "Extent Tree").</summary>
internal sealed class ExtentTree
{
    public const ushort Magic = 0xF30A;
    public const int HeaderSize = 12;
    public const int EntrySize = 12;
    private const int TailSize = 4;
    private const int MaxDepth = 5;
    public const int MaxWrittenLength = 0x8000;

    private readonly Ext4Device _device;
    private readonly uint _inode;
    private readonly uint _checksumSeed;
    private readonly BlockMapBuilder _builder;
    private readonly byte[]?[] _buffers = new byte[MaxDepth][];

    private ExtentTree(Ext4Device device, uint inode, uint checksumSeed)
    {
        _device = device;
        _inode = inode;
        _checksumSeed = checksumSeed;
        _builder = new BlockMapBuilder(device, inode);
    }

    /// <summary>Reads the whole tree below the root in i_block.</summary>
    public static BlockMap Read(Ext4Device device, uint inode, uint checksumSeed, ReadOnlySpan<byte> root)
    {
        ExtentTree tree = new(device, inode, checksumSeed);
        int depth = BinaryPrimitives.ReadUInt16LittleEndian(root[6..]);
        if (depth > MaxDepth)
            throw device.Corrupt($"the extent tree of inode {inode:N0} has {depth:N0} levels; at most {MaxDepth} are possible");
        tree.ReadNode(root, depth, null, long.MaxValue);
        return tree._builder.Build();
    }

    /// <summary>True when the tree has nodes outside the inode.</summary>
    public static bool IsDeep(ReadOnlySpan<byte> root) => BinaryPrimitives.ReadUInt16LittleEndian(root[6..]) != 0;

    /// <summary>The block of the node that an index entry points to.</summary>
    public static long ChildOf(ReadOnlySpan<byte> entry) =>
        BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]) | ((long)BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]) << 32);

    /// <summary>Reads one node.</summary>
    /// <param name="node">Its bytes: i_block or a block.</param>
    /// <param name="depth">The level it must have; 0 for a leaf.</param>
    /// <param name="first">The first file block that the parent promises; null for the root.</param>
    /// <param name="limit">The first file block that belongs to the parent's next child.</param>
    private void ReadNode(ReadOnlySpan<byte> node, int depth, long? first, long limit)
    {
        ushort magic = BinaryPrimitives.ReadUInt16LittleEndian(node);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(node[2..]);
        int room = BinaryPrimitives.ReadUInt16LittleEndian(node[4..]);
        int level = BinaryPrimitives.ReadUInt16LittleEndian(node[6..]);
        if (magic != Magic)
            throw _device.Corrupt($"an extent node of inode {_inode:N0} has the magic number 0x{magic:X4} instead of 0xF30A");
        if (level != depth)
            throw _device.Corrupt($"an extent node of inode {_inode:N0} says level {level:N0} at level {depth}");
        if (room > (node.Length - HeaderSize) / EntrySize || count > room || (count == 0 && depth > 0))
            throw _device.Corrupt($"an extent node of inode {_inode:N0} says {count:N0} entries in a room of {room:N0}");
        if (first is not null)
            CheckChecksum(node, room);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = node.Slice(HeaderSize + (i * EntrySize), EntrySize);
            long logical = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            if (i == 0 && first is not null && logical != first)
            {
                throw _device.Corrupt(
                    $"an extent node of inode {_inode:N0} starts at block {logical:N0} of the file instead of {first:N0}");
            }
            long end = i + 1 < count ? BinaryPrimitives.ReadUInt32LittleEndian(node[(HeaderSize + ((i + 1) * EntrySize))..]) : limit;
            if (logical >= end || end > limit)
                throw _device.Corrupt($"the extents of inode {_inode:N0} are out of order at block {logical:N0} of the file");
            if (depth == 0)
                AddExtent(entry, logical, end);
            else
                ReadChild(entry, depth - 1, logical, end);
        }
    }

    private void AddExtent(ReadOnlySpan<byte> entry, long logical, long end)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]);
        bool isWritten = length <= MaxWrittenLength;
        if (!isWritten)
            length -= MaxWrittenLength;
        if (length == 0 || logical + length > end)
            throw _device.Corrupt($"the extent of inode {_inode:N0} at block {logical:N0} of the file has {length:N0} blocks");
        long physical = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]) | ((long)BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]) << 32);
        _builder.Add(logical, length, physical, isWritten);
    }

    private void ReadChild(ReadOnlySpan<byte> entry, int depth, long logical, long end)
    {
        long block = ChildOf(entry);
        _builder.AddTreeBlock(block, "an extent node");
        // One buffer a level is enough: a node is not looked at again before its child returns, and siblings follow each other.
        byte[] buffer = _buffers[depth] ??= new byte[_device.BlockSize];
        _device.ReadBlocks(block, buffer);
        ReadNode(buffer, depth, logical, end);
    }

    private void CheckChecksum(ReadOnlySpan<byte> node, int room)
    {
        if (!_device.Superblock.HasMetadataChecksums)
            return;
        int tail = HeaderSize + (room * EntrySize);
        if (tail > node.Length - TailSize)
            throw _device.Corrupt($"an extent node of inode {_inode:N0} has no room for its checksum");
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(node[tail..]);
        uint computed = Crc32C.Update(_checksumSeed, node[..tail]);
        if (stored != computed)
            throw _device.BadChecksum($"an extent node of inode {_inode:N0}", stored, computed);
    }
}
