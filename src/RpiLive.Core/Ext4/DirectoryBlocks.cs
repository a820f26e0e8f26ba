using System.Buffers.Binary;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4;

/// <summary>
/// Directory entries (Documentation/filesystems/ext4/directory.rst). Hashed directories are read block by block too: their
/// index hides behind entries that look deleted or belong to <c>..</c>.
/// </summary>
internal sealed class DirectoryBlocks(Ext4Device device)
{
    public const int TailSize = 12;
    public const uint TailMark = 0xDE00000C;
    public const int IndexEntrySize = 8;
    public const int IndexTailSize = 8;
    public const int RootIndexOffset = 32;
    public const int NodeIndexOffset = 8;
    private const int EntryHeaderSize = 8;
    private const int MinEntrySize = 12;

    /// <summary>Checks the checksum of a block and takes its entries.</summary>
    public void ReadBlock(Inode directory, ReadOnlySpan<byte> block, bool isFirst, List<DirectoryEntry> entries)
    {
        if (device.Superblock.HasMetadataChecksums)
            CheckChecksum(directory, block, isFirst);
        ReadEntries(directory, block, entries);
    }

    /// <summary>Takes the entries of a block or of a piece of inline data.</summary>
    public void ReadEntries(Inode directory, ReadOnlySpan<byte> bytes, List<DirectoryEntry> entries)
    {
        int offset = 0;
        while (offset < bytes.Length)
        {
            int left = bytes.Length - offset;
            if (left < EntryHeaderSize)
                throw device.Corrupt($"directory inode {directory.Number:N0} has an entry in its last {left} bytes");
            ReadOnlySpan<byte> entry = bytes[offset..];
            int size = EntrySize(entry, bytes.Length);
            // Without the feature filetype the length has 16 bits, but the second byte is never used and not looked at by Linux.
            int nameLength = entry[6];
            if (size < MinEntrySize || size % 4 != 0 || size > left || EntryHeaderSize + nameLength > size)
            {
                throw device.Corrupt(
                    $"directory inode {directory.Number:N0} has an entry of {size:N0} bytes with a name of {nameLength:N0} at byte {offset:N0} of {bytes.Length:N0}");
            }
            uint inode = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            if (inode != 0)
                Add(directory, entry.Slice(EntryHeaderSize, nameLength), inode, entries);
            offset += size;
        }
    }

    private static int EntrySize(ReadOnlySpan<byte> entry, int blockSize)
    {
        int size = BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]);
        if (blockSize < 0x10000)
            return size;
        // 64 KiB does not fit into 16 bits; sizes are multiples of 4, so the low two bits stand for bits 16 and 17.
        return size is 0 or 0xFFFF ? blockSize : (size & 0xFFFC) | ((size & 3) << 16);
    }

    private void Add(Inode directory, ReadOnlySpan<byte> bytes, uint inode, List<DirectoryEntry> entries)
    {
        if (bytes.SequenceEqual("."u8) || bytes.SequenceEqual(".."u8))
            return;
        FileName name = new(bytes);
        if (!name.IsValid)
        {
            throw device.Corrupt(
                $"directory inode {directory.Number:N0} has an entry whose name of {bytes.Length} bytes is empty or holds a slash or a zero");
        }
        if (device.Superblock.IsReserved(inode))
            throw device.Corrupt($"the name '{name}' in directory inode {directory.Number:N0} refers to the reserved inode {inode:N0}");
        entries.Add(new DirectoryEntry(name, inode));
    }

    private void CheckChecksum(Inode directory, ReadOnlySpan<byte> block, bool isFirst)
    {
        bool isHashed = (directory.Flags & InodeFlags.HashedDirectory) != 0 && device.Superblock.Has(CompatFeatures.DirectoryIndex);
        if (isHashed && (isFirst || (BinaryPrimitives.ReadUInt32LittleEndian(block) == 0 && EntrySize(block, block.Length) == block.Length)))
        {
            CheckIndexChecksum(directory, block);
            return;
        }
        ReadOnlySpan<byte> tail = block[^TailSize..];
        if (BinaryPrimitives.ReadUInt32LittleEndian(tail) != 0 || BinaryPrimitives.ReadUInt32LittleEndian(tail[4..]) != TailMark)
            throw device.Corrupt($"a block of directory inode {directory.Number:N0} has no checksum");
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(tail[8..]);
        uint computed = Crc32C.Update(directory.ChecksumSeed, block[..^TailSize]);
        if (stored != computed)
            throw device.BadChecksum($"a block of directory inode {directory.Number:N0}", stored, computed);
    }

    /// <summary>
    /// The index of a hashed directory: entries from a place that its level decides, the checksum after room for all of them.
    /// </summary>
    private void CheckIndexChecksum(Inode directory, ReadOnlySpan<byte> block)
    {
        int offset = EntrySize(block, block.Length) == block.Length ? NodeIndexOffset : RootIndexOffset;
        int room = BinaryPrimitives.ReadUInt16LittleEndian(block[offset..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(block[(offset + 2)..]);
        int tail = offset + (room * IndexEntrySize);
        if (tail > block.Length - IndexTailSize || count > room)
            throw device.Corrupt($"the index of directory inode {directory.Number:N0} says {count:N0} entries in a room of {room:N0}");
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(block[(tail + 4)..]);
        uint computed = Crc32C.Update(directory.ChecksumSeed, block[..(offset + (count * IndexEntrySize))]);
        computed = Crc32C.Update(Crc32C.Update(computed, block.Slice(tail, 4)), 0);
        if (stored != computed)
            throw device.BadChecksum($"the index of directory inode {directory.Number:N0}", stored, computed);
    }
}
