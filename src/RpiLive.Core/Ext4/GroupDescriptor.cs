using System.Buffers.Binary;

namespace RpiLive.Core.Ext4;

/// <summary>What a reader needs of a block group (Documentation/filesystems/ext4/group_descr.rst).</summary>
/// <param name="InodeTable">First block of the inode table.</param>
/// <param name="FreeClusters">Free clusters of the group.</param>
/// <param name="UsedInodes">How many inodes from the start of the table may be in use.</param>
internal readonly record struct GroupDescriptor(long InodeTable, uint FreeClusters, uint UsedInodes)
{
    public const int ChecksumOffset = 0x1E;

    /// <summary>Block with the bitmap of clusters in use; 0 where it was never written, as all of the group is free.</summary>
    public long BlockBitmap { get; private init; }

    /// <summary>Free inodes of the group.</summary>
    public uint FreeInodes { get; private init; }

    private const int ShortSize = 0x20;

    /// <summary>Reads and checks the descriptor of one group.</summary>
    public static GroupDescriptor Parse(Ext4Device device, ReadOnlySpan<byte> bytes, uint group)
    {
        Superblock superblock = device.Superblock;
        CheckChecksum(device, bytes, group);
        long inodeTable = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        uint free = BinaryPrimitives.ReadUInt16LittleEndian(bytes[0xC..]);
        uint unused = BinaryPrimitives.ReadUInt16LittleEndian(bytes[0x1C..]);
        if (superblock.DescriptorSize > ShortSize)
        {
            inodeTable |= (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[0x28..]) << 32;
            free |= (uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[0x2C..]) << 16;
            unused |= (uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[0x32..]) << 16;
        }
        device.CheckBlocks(inodeTable, superblock.InodeTableBlocks, $"the inode table of group {group:N0}");
        uint used = superblock.InodesPerGroup;
        long bitmap = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        uint freeInodes = BinaryPrimitives.ReadUInt16LittleEndian(bytes[0xE..]);
        if (superblock.DescriptorSize > ShortSize)
        {
            bitmap |= (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[0x20..]) << 32;
            freeInodes |= (uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[0x2E..]) << 16;
        }
        if (superblock.HasGroupChecksums)
        {
            if (unused > used)
                throw device.Corrupt($"group {group:N0} has {unused:N0} unused inodes of {used:N0}");
            GroupFlags flags = (GroupFlags)BinaryPrimitives.ReadUInt16LittleEndian(bytes[0x12..]);
            used = (flags & GroupFlags.InodesUninitialised) != 0 ? 0 : used - unused;
            if ((flags & GroupFlags.BlocksUninitialised) != 0)
                bitmap = 0;
        }
        return new GroupDescriptor(inodeTable, free, used) { BlockBitmap = bitmap, FreeInodes = freeInodes };
    }

    private static void CheckChecksum(Ext4Device device, ReadOnlySpan<byte> bytes, uint group)
    {
        Superblock superblock = device.Superblock;
        if (!superblock.HasGroupChecksums)
            return;
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(number, group);
        uint computed;
        if (superblock.HasMetadataChecksums)
        {
            computed = Crc32C.UpdateSkipping(Crc32C.Update(superblock.ChecksumSeed, number), bytes, ChecksumOffset, 2) & 0xFFFF;
        }
        else
        {
            ushort crc = Crc16.Update(Crc16.Update(ushort.MaxValue, superblock.UuidBytes), number);
            computed = Crc16.Update(Crc16.Update(crc, bytes[..ChecksumOffset]), bytes[ShortSize..]);
        }
        uint stored = BinaryPrimitives.ReadUInt16LittleEndian(bytes[ChecksumOffset..]);
        if (stored != computed)
            throw device.BadChecksum($"the descriptor of group {group:N0}", stored, computed);
    }
}
