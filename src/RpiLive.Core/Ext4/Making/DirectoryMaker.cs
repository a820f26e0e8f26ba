using System.Buffers.Binary;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4.Making;

/// <summary>
/// The blocks of a directory (Documentation/filesystems/ext4/directory.rst): one with all entries or, where that has no room for
/// them, an index of one or two levels and blocks of entries in the order of their hashes.
/// </summary>
internal sealed class DirectoryMaker
{
    private const int EntryHeaderSize = 8;
    private const int DotsSize = 24;
    private const int RoomInBlock = Ext4Layout.BlockSize - DirectoryBlocks.TailSize;
    private const int RootRoom = (Ext4Layout.BlockSize - DirectoryBlocks.RootIndexOffset - DirectoryBlocks.IndexTailSize) / DirectoryBlocks.IndexEntrySize;
    private const int NodeRoom = (Ext4Layout.BlockSize - DirectoryBlocks.NodeIndexOffset - DirectoryBlocks.IndexTailSize) / DirectoryBlocks.IndexEntrySize;
    private const byte HalfMd4 = 1;
    private const byte IndexInfoSize = 8;
    private const byte DirectoryType = 2;

    private readonly (FileName Name, TreeNode Node, uint Hash)[] _entries;

    /// <summary>Where the entries of each block start; all in one block without an index.</summary>
    private readonly List<int> _leaves = [0];
    private readonly int _minBlocks;

    /// <summary>Lays out the blocks of a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="hash">What to order large ones by.</param>
    /// <param name="minBlocks">Blocks that it is to have at least, if it gets no index.</param>
    public DirectoryMaker(DirectoryNode directory, DirectoryHash hash, int minBlocks)
    {
        _minBlocks = minBlocks;
        int size = DotsSize;
        foreach (FileName name in directory.Children.Keys)
            size = (int)Math.Min(int.MaxValue, (long)size + SizeOf(name));
        IsHashed = size > RoomInBlock;
        _entries = IsHashed ? Ordered(directory, hash) : [.. directory.Children.Select(static child => (child.Key, child.Value, 0u))];
        if (IsHashed)
            Split();
    }

    /// <summary>True for a directory with an index.</summary>
    public bool IsHashed { get; }

    /// <summary>False for more entries than an index of two levels can lead to.</summary>
    public bool IsPossible => !IsHashed || NodeCount <= RootRoom;

    public int BlockCount => IsHashed ? 1 + NodeCount + _leaves.Count : Math.Max(1, _minBlocks);

    /// <summary>Blocks of the second level of the index.</summary>
    private int NodeCount => _leaves.Count <= RootRoom ? 0 : (_leaves.Count + NodeRoom - 1) / NodeRoom;

    /// <summary>Makes the blocks.</summary>
    /// <param name="inode">The directory.</param>
    /// <param name="find">The inodes that entries lead to.</param>
    /// <param name="checksumSeed">Where the checksums of the directory's own blocks start.</param>
    /// <param name="write">Takes every block with its number in the directory; the bytes are only good for the call.</param>
    public void Write(PlannedInode inode, Func<TreeNode, PlannedInode> find, uint checksumSeed, Action<int, byte[]> write)
    {
        byte[] block = new byte[Ext4Layout.BlockSize];
        WriteEntry(block, inode.Number, DirectoryType, "."u8, DotsSize / 2);
        WriteEntry(block.AsSpan(DotsSize / 2), (inode.Parent ?? inode).Number, DirectoryType, ".."u8, DotsSize / 2);
        int next = 0;
        if (IsHashed)
        {
            WriteIndex(block, checksumSeed, write);
            next = 1 + NodeCount;
        }
        for (int leaf = 0; leaf < _leaves.Count; leaf++)
        {
            int offset = 0, last = 0;
            if (IsHashed)
                block.AsSpan().Clear();
            else
                (offset, last) = (DotsSize, DotsSize / 2);
            int end = leaf + 1 < _leaves.Count ? _leaves[leaf + 1] : _entries.Length;
            for (int i = _leaves[leaf]; i < end; i++)
            {
                (FileName name, TreeNode node, _) = _entries[i];
                int size = SizeOf(name);
                WriteEntry(block.AsSpan(offset), find(node).Number, TypeOf(node), name.Bytes, size);
                (last, offset) = (offset, offset + size);
            }
            // The last entry takes what is left.
            BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(last + 4), (ushort)(RoomInBlock - last));
            Seal(block, checksumSeed);
            write(next++, block);
        }
        for (; next < BlockCount; next++)
        {
            block.AsSpan().Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(4), RoomInBlock);
            Seal(block, checksumSeed);
            write(next, block);
        }
    }

    private static int SizeOf(FileName name) => (EntryHeaderSize + name.Bytes.Length + 3) & ~3;

    private static byte TypeOf(TreeNode node) => node switch
    {
        DirectoryNode => DirectoryType,
        SymlinkNode => 7,
        SpecialNode { Kind: SpecialKind.CharacterDevice } => 3,
        SpecialNode { Kind: SpecialKind.BlockDevice } => 4,
        SpecialNode { Kind: SpecialKind.Fifo } => 5,
        SpecialNode => 6,
        _ => 1,
    };

    private static (FileName Name, TreeNode Node, uint Hash)[] Ordered(DirectoryNode directory, DirectoryHash hash)
    {
        List<(FileName Name, TreeNode Node, uint Hash, uint Minor)> entries = new(directory.Children.Count);
        foreach ((FileName name, TreeNode node) in directory.Children)
        {
            (uint major, uint minor) = hash.Of(name.Bytes);
            entries.Add((name, node, major, minor));
        }
        entries.Sort(static (left, right) => (left.Hash, left.Minor, left.Name).CompareTo((right.Hash, right.Minor, right.Name)));
        return [.. entries.Select(static entry => (entry.Name, entry.Node, entry.Hash))];
    }

    private static void WriteEntry(Span<byte> entry, uint inode, byte type, ReadOnlySpan<byte> name, int size)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(entry, inode);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], (ushort)size);
        entry[6] = (byte)name.Length;
        entry[7] = type;
        name.CopyTo(entry[EntryHeaderSize..]);
    }

    private static void Seal(Span<byte> block, uint checksumSeed)
    {
        Span<byte> tail = block[RoomInBlock..];
        BinaryPrimitives.WriteUInt32LittleEndian(tail[4..], DirectoryBlocks.TailMark);
        BinaryPrimitives.WriteUInt32LittleEndian(tail[8..], Crc32C.Update(checksumSeed, block[..RoomInBlock]));
    }

    private void Split()
    {
        int used = 0;
        for (int i = 0; i < _entries.Length; i++)
        {
            int size = SizeOf(_entries[i].Name);
            if (used + size > RoomInBlock)
            {
                _leaves.Add(i);
                used = 0;
            }
            used += size;
        }
    }

    /// <summary>The root, whose first two entries are in place, and the second level.</summary>
    private void WriteIndex(byte[] block, uint checksumSeed, Action<int, byte[]> write)
    {
        int nodes = NodeCount;
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan((DotsSize / 2) + 4), Ext4Layout.BlockSize - (DotsSize / 2));
        Span<byte> info = block.AsSpan(DotsSize);
        info[4] = HalfMd4;
        info[5] = IndexInfoSize;
        info[6] = (byte)(nodes > 0 ? 1 : 0);
        if (nodes == 0)
        {
            WriteIndexEntries(block, DirectoryBlocks.RootIndexOffset, RootRoom, _leaves.Count, i => (HashOf(i), 1 + i), checksumSeed);
            write(0, block);
            return;
        }
        WriteIndexEntries(block, DirectoryBlocks.RootIndexOffset, RootRoom, nodes, i => (HashOf(i * NodeRoom), 1 + i), checksumSeed);
        write(0, block);
        for (int node = 0; node < nodes; node++)
        {
            block.AsSpan().Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(4), Ext4Layout.BlockSize);
            int first = node * NodeRoom, count = Math.Min(NodeRoom, _leaves.Count - first);
            WriteIndexEntries(block, DirectoryBlocks.NodeIndexOffset, NodeRoom, count, i => (HashOf(first + i), 1 + nodes + first + i), checksumSeed);
            write(1 + node, block);
        }
    }
    private static void WriteIndexEntries(
        Span<byte> block, int offset, int room, int count, Func<int, (uint Hash, int Block)> child, uint checksumSeed)
    {
        for (int i = 0; i < count; i++)
        {
            Span<byte> entry = block[(offset + (i * DirectoryBlocks.IndexEntrySize))..];
            (uint hash, int number) = child(i);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, hash);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], (uint)number);
        }
        // The first child starts at hash 0; room and count stand in place of it.
        BinaryPrimitives.WriteUInt16LittleEndian(block[offset..], (ushort)room);
        BinaryPrimitives.WriteUInt16LittleEndian(block[(offset + 2)..], (ushort)count);
        uint checksum = Crc32C.Update(checksumSeed, block[..(offset + (count * DirectoryBlocks.IndexEntrySize))]);
        Span<byte> tail = block.Slice(offset + (room * DirectoryBlocks.IndexEntrySize), DirectoryBlocks.IndexTailSize);
        BinaryPrimitives.WriteUInt32LittleEndian(tail[4..], Crc32C.Update(Crc32C.Update(checksum, 0), 0));
    }

    /// <summary>Where a leaf starts; the lowest bit tells that the leaf before it has names with the same hash.</summary>
    private uint HashOf(int leaf)
    {
        int first = _leaves[leaf];
        uint hash = _entries[first].Hash;
        return first > 0 && _entries[first - 1].Hash == hash ? hash | 1 : hash;
    }
}
