using System.Buffers.Binary;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4;

/// <summary>One inode (Documentation/filesystems/ext4/inodes.rst) as it stands in the inode table.</summary>
internal sealed class Inode
{
    public const int GoodOldSize = 128;

    /// <summary>Size of i_block.</summary>
    public const int BlockAreaSize = 60;

    public const int BlockAreaOffset = 0x28;
    public const int GenerationOffset = 0x64;
    public const int ChecksumLowOffset = 0x7C;
    public const int ChecksumHighOffset = 0x82;
    private const int SectorSize = 512;
    private const int KnownExtraSize = 32;
    private const long EpochSeconds = 1L << 32;

    private readonly byte[] _raw;
    private readonly Superblock _superblock;

    /// <summary>Takes the bytes of an inode and checks them.</summary>
    /// <param name="device">Where it comes from.</param>
    /// <param name="number">Its number.</param>
    /// <param name="raw">Its bytes; kept, not copied.</param>
    /// <param name="verify">False for an inode that the fast commit replay made, whose checksum nobody has written yet.</param>
    public Inode(Ext4Device device, uint number, byte[] raw, bool verify = true)
    {
        Number = number;
        _raw = raw;
        _superblock = device.Superblock;
        if (raw.Length > GoodOldSize)
        {
            ExtraSize = UInt16(0x80);
            if (ExtraSize > raw.Length - GoodOldSize || ExtraSize % 4 != 0)
                throw device.Corrupt($"inode {number:N0} has {ExtraSize:N0} extra bytes of {raw.Length - GoodOldSize:N0}");
        }
        Span<byte> ids = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(ids, number);
        raw.AsSpan(GenerationOffset, 4).CopyTo(ids[4..]);
        ChecksumSeed = Crc32C.Update(_superblock.ChecksumSeed, ids);
        if (verify && _superblock.HasMetadataChecksums && !_superblock.IsHurd)
            CheckChecksum(device);
    }

    public uint Number { get; }

    public ushort Mode => UInt16(0);

    public InodeKind Kind => (InodeKind)(Mode & 0xF000);

    public int LinkCount => UInt16(0x1A);

    public InodeFlags Flags => (InodeFlags)UInt32(0x20);

    public uint Generation => UInt32(GenerationOffset);

    public uint UserId => UInt16(2) | ((uint)UInt16(0x78) << 16);

    public uint GroupId => UInt16(0x18) | ((uint)UInt16(0x7A) << 16);

    /// <summary>Size in bytes. Only files, and directories with large_dir, use the high half.</summary>
    public ulong Size => UInt32(4)
        | (Kind == InodeKind.File || (Kind == InodeKind.Directory && _superblock.Has(IncompatFeatures.LargeDirectory)) ? (ulong)UInt32(0x6C) << 32 : 0);

    /// <summary>Low 32 bits of i_atime, where an EA inode keeps the hash of its value.</summary>
    public uint AccessTimeLow => UInt32(8);

    /// <summary>Low 32 bits of i_mtime, where an EA inode made by Lustre keeps the number of its owner.</summary>
    public uint ModifiedTimeLow => UInt32(0x10);

    public Timestamp ModifiedTime
    {
        get
        {
            long seconds = (int)UInt32(0x10);
            if (UsableExtraSize < 0x8C - GoodOldSize)
                return new Timestamp(seconds);
            uint extra = UInt32(0x88);
            // Two bits carry the seconds past 2038; Linux does not check the other 30, but more than a second of nanoseconds is junk.
            uint nanoseconds = extra >> 2;
            return new Timestamp(seconds + ((extra & 3) * EpochSeconds), nanoseconds < 1_000_000_000 ? nanoseconds : 0);
        }
    }

    /// <summary>The block of extended attributes; 0 for none.</summary>
    public long XattrBlock => UInt32(0x68) | (_superblock.Has(IncompatFeatures.SixtyFourBit) ? (long)UInt16(0x76) << 32 : 0);

    /// <summary>True when the target of a symbolic link stands in i_block.</summary>
    public bool IsFastSymlink
    {
        get
        {
            if (_superblock.Has(IncompatFeatures.EaInode))
                return Size < BlockAreaSize;
            long sectors = UInt32(0x1C);
            if (_superblock.Has(RoCompatFeatures.HugeFile))
                sectors |= (long)UInt16(0x74) << 32;
            if ((Flags & InodeFlags.HugeFile) != 0)
                sectors *= _superblock.BlockSize / SectorSize;
            return sectors == (XattrBlock == 0 ? 0 : _superblock.ClusterRatio * (_superblock.BlockSize / SectorSize));
        }
    }

    /// <summary>i_block: a block map, an extent tree root, a fast link target, a device number or inline data.</summary>
    public ReadOnlySpan<byte> BlockArea => _raw.AsSpan(BlockAreaOffset, BlockAreaSize);

    /// <summary>The room after the last field: in-inode extended attributes.</summary>
    public ReadOnlyMemory<byte> XattrArea => ExtraSize == 0 ? default : _raw.AsMemory(GoodOldSize + ExtraSize);

    /// <summary>Where the checksums of this inode's own blocks start.</summary>
    public uint ChecksumSeed { get; }

    /// <summary>The bytes of the inode.</summary>
    public ReadOnlySpan<byte> Raw => _raw;

    /// <summary>i_extra_isize.</summary>
    private int ExtraSize { get; }

    /// <summary>Linux takes the fields that it knows as present where a large inode says that none are.</summary>
    private int UsableExtraSize => ExtraSize == 0 && _raw.Length > GoodOldSize ? KnownExtraSize : ExtraSize;

    private ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_raw.AsSpan(offset));

    private uint UInt32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_raw.AsSpan(offset));

    private void CheckChecksum(Ext4Device device)
    {
        uint crc = Crc32C.UpdateSkipping(ChecksumSeed, _raw.AsSpan(0, GoodOldSize), ChecksumLowOffset, 2);
        uint stored = UInt16(ChecksumLowOffset);
        bool hasHigh = ExtraSize >= ChecksumHighOffset + 2 - GoodOldSize;
        if (hasHigh)
        {
            crc = Crc32C.UpdateSkipping(crc, _raw.AsSpan(GoodOldSize), ChecksumHighOffset - GoodOldSize, 2);
            stored |= (uint)UInt16(ChecksumHighOffset) << 16;
        }
        else
        {
            crc = Crc32C.Update(crc, _raw.AsSpan(GoodOldSize)) & 0xFFFF;
        }
        if (stored != crc)
            throw device.BadChecksum($"inode {Number:N0}", stored, crc);
    }
}
