using System.Buffers.Binary;
using System.Text;

namespace RpiLive.Core.Ext4.Making;

/// <summary>Makes the superblock and its copies (Documentation/filesystems/ext4/super.rst).</summary>
internal sealed class SuperblockMaker
{
    private const CompatFeatures Compat = CompatFeatures.HasJournal | CompatFeatures.ExtendedAttributes | CompatFeatures.DirectoryIndex;
    private const IncompatFeatures Incompat =
        IncompatFeatures.FileType | IncompatFeatures.Extents | IncompatFeatures.SixtyFourBit | IncompatFeatures.FlexibleBlockGroups;

    private const RoCompatFeatures RoCompat =
        RoCompatFeatures.SparseSuper | RoCompatFeatures.LargeFile | RoCompatFeatures.HugeFile | RoCompatFeatures.DirectoryLinks
        | RoCompatFeatures.ExtraInodeSize | RoCompatFeatures.MetadataChecksum;

    private const int LogBlockSize = 2;
    private const ushort Clean = 1;
    private const ushort ContinueOnErrors = 1;
    private const uint DynamicRevision = 1;
    private const byte HalfMd4 = 1;
    private const byte JournalInodeIsSaved = 1;
    private const uint UserXattrsAndAccessLists = 0xC;
    private const uint UnsignedHash = 2;
    private const byte Crc32CType = 1;

    private readonly byte[] _bytes = new byte[Superblock.Size];

    /// <summary>Fills in everything that all copies share.</summary>
    /// <param name="layout">Sizes and counts.</param>
    /// <param name="options">Names and times.</param>
    /// <param name="freeBlocks">Blocks that are free.</param>
    /// <param name="freeInodes">Inodes that are free.</param>
    /// <param name="savedJournal">i_block and the size of the journal.</param>
    public SuperblockMaker(Ext4Layout layout, Ext4Options options, long freeBlocks, uint freeInodes, ReadOnlySpan<byte> savedJournal)
    {
        long reserved = layout.BlockCount * options.ReservedPercent / 100;
        UInt32(0x0, layout.InodeCount);
        UInt32(0x4, (uint)layout.BlockCount);
        UInt32(0x8, (uint)reserved);
        UInt32(0xC, (uint)freeBlocks);
        UInt32(0x10, freeInodes);
        UInt32(0x18, LogBlockSize);
        UInt32(0x1C, LogBlockSize);
        UInt32(0x20, Ext4Layout.BlocksPerGroup);
        UInt32(0x24, Ext4Layout.BlocksPerGroup);
        UInt32(0x28, (uint)layout.InodesPerGroup);
        Time(options.Timestamp.Seconds, 0x30, 0x274);
        UInt16(0x36, ushort.MaxValue);
        UInt16(Superblock.MagicOffset, Superblock.Magic);
        UInt16(0x3C, ContinueOnErrors);
        Time(options.Timestamp.Seconds, 0x40, 0x277);
        UInt32(0x4C, DynamicRevision);
        UInt32(0x54, TreePlan.LostAndFoundInode);
        UInt16(0x58, Ext4Layout.InodeSize);
        UInt32(0x5C, (uint)(Compat | (layout.HasResizeInode ? CompatFeatures.ResizeInode : 0)));
        UInt32(0x60, (uint)Incompat);
        UInt32(0x64, (uint)RoCompat);
        options.Id.TryWriteBytes(_bytes.AsSpan(0x68), bigEndian: true, out _);
        Encoding.UTF8.GetBytes(options.Label, _bytes.AsSpan(Superblock.LabelOffset, Superblock.LabelLength));
        UInt16(0xCE, (ushort)layout.ReservedDescriptorBlocks);
        UInt32(0xE0, ReservedInodes.Journal);
        options.HashSeed.TryWriteBytes(_bytes.AsSpan(0xEC), bigEndian: true, out _);
        _bytes[0xFC] = HalfMd4;
        _bytes[0xFD] = JournalInodeIsSaved;
        UInt16(0xFE, Ext4Layout.DescriptorSize);
        UInt32(0x100, UserXattrsAndAccessLists);
        Time(options.Timestamp.Seconds, 0x108, 0x276);
        savedJournal.CopyTo(_bytes.AsSpan(0x10C));
        UInt32(0x150, (uint)(layout.BlockCount >> 32));
        UInt32(0x154, (uint)(reserved >> 32));
        UInt32(0x158, (uint)(freeBlocks >> 32));
        UInt16(0x15C, PackedXattrs.ExtraSize);
        UInt16(0x15E, PackedXattrs.ExtraSize);
        UInt32(0x160, UnsignedHash);
        _bytes[0x174] = Ext4Layout.LogGroupsPerFlex;
        _bytes[0x175] = Crc32CType;
        UInt32(0x248, (uint)(layout.FixedBlocks + layout.JournalBlocks));
    }

    /// <summary>The copy of one group. Only the first says that the file system is clean.</summary>
    public ReadOnlySpan<byte> For(int group)
    {
        UInt16(0x3A, group == 0 ? Clean : (ushort)0);
        UInt16(0x5A, (ushort)group);
        UInt32(Superblock.ChecksumOffset, Crc32C.Update(Crc32C.Start, _bytes.AsSpan(0, Superblock.ChecksumOffset)));
        return _bytes;
    }

    private void UInt16(int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(offset), value);

    private void UInt32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(offset), value);

    private void Time(long seconds, int offset, int highOffset)
    {
        UInt32(offset, (uint)seconds);
        _bytes[highOffset] = (byte)(seconds >> 32);
    }
}
