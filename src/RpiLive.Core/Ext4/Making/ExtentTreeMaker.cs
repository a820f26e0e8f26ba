using System.Buffers.Binary;

namespace RpiLive.Core.Ext4.Making;

/// <summary>Makes extent trees (Documentation/filesystems/ext4/ifork.rst, "Extent Tree"), every node but the last of a level full.</summary>
internal static class ExtentTreeMaker
{
    private const int EntriesPerBlock = (Ext4Layout.BlockSize - ExtentTree.HeaderSize) / ExtentTree.EntrySize;
    private const int EntriesInInode = (Inode.BlockAreaSize - ExtentTree.HeaderSize) / ExtentTree.EntrySize;

    /// <summary>Blocks that a tree of so many extents takes outside the inode.</summary>
    public static long BlocksFor(long extents)
    {
        long blocks = 0;
        while (extents > EntriesInInode)
            blocks += extents = (extents + EntriesPerBlock - 1) / EntriesPerBlock;
        return blocks;
    }

    /// <summary>Makes the tree of a file.</summary>
    /// <param name="blocks">The file.</param>
    /// <param name="root">i_block; all zeros.</param>
    /// <param name="checksumSeed">Where the checksums of the inode's own blocks start.</param>
    /// <param name="target">Takes the nodes outside the inode.</param>
    public static void Write(FileBlocks blocks, Span<byte> root, uint checksumSeed, BlockTarget target)
    {
        List<(long Logical, long Length, long Physical)> entries = [.. blocks.Runs.Select(static run => (run.Logical, run.Length, run.Physical))];
        int depth = 0, used = 0;
        byte[] node = new byte[Ext4Layout.BlockSize];
        for (; entries.Count > EntriesInInode; depth++)
        {
            List<(long Logical, long Length, long Physical)> parents = [];
            for (int first = 0; first < entries.Count; first += EntriesPerBlock)
            {
                node.AsSpan().Clear();
                int count = Math.Min(EntriesPerBlock, entries.Count - first);
                WriteNode(node, EntriesPerBlock, depth, entries, first, count);
                int tail = ExtentTree.HeaderSize + (EntriesPerBlock * ExtentTree.EntrySize);
                BinaryPrimitives.WriteUInt32LittleEndian(node.AsSpan(tail), Crc32C.Update(checksumSeed, node.AsSpan(0, tail)));
                long block = blocks.TreeBlocks[used++];
                target.Write(block, node);
                parents.Add((entries[first].Logical, 0, block));
            }
            entries = parents;
        }
        WriteNode(root, EntriesInInode, depth, entries, 0, entries.Count);
    }

    private static void WriteNode(
        Span<byte> node, int room, int depth, List<(long Logical, long Length, long Physical)> entries, int first, int count)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(node, ExtentTree.Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(node[2..], (ushort)count);
        BinaryPrimitives.WriteUInt16LittleEndian(node[4..], (ushort)room);
        BinaryPrimitives.WriteUInt16LittleEndian(node[6..], (ushort)depth);
        for (int i = 0; i < count; i++)
        {
            Span<byte> entry = node.Slice(ExtentTree.HeaderSize + (i * ExtentTree.EntrySize), ExtentTree.EntrySize);
            (long logical, long length, long physical) = entries[first + i];
            BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)logical);
            if (depth == 0)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], (ushort)length);
                BinaryPrimitives.WriteUInt16LittleEndian(entry[6..], (ushort)(physical >> 32));
                BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], (uint)physical);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], (uint)physical);
                BinaryPrimitives.WriteUInt16LittleEndian(entry[8..], (ushort)(physical >> 32));
            }
        }
    }
}
