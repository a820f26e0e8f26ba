using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Ext4;

/// <summary>
/// The superblock: 1,024 bytes at offset 1,024 (Documentation/filesystems/ext4/super.rst). Everything in it has been checked
/// against the size of the source and against the limits of the format once <see cref="Read"/> returns.
/// </summary>
internal sealed class Superblock
{
    public const int Offset = 1024;
    public const int Size = 1024;
    public const int MagicOffset = 0x38;
    public const int LabelOffset = 0x78;
    public const int LabelLength = 16;
    public const ushort Magic = 0xEF53;
    public const uint RootInode = 2;
    public const int ChecksumOffset = 0x3FC;
    private const int MaxDescriptorSize = 1024;

    private static readonly (IncompatFeatures Feature, string Name)[] s_refused =
    [
        (IncompatFeatures.Compression, "compression"),
        (IncompatFeatures.JournalDevice, "journal_dev (this is an external journal, not a file system)"),
        (IncompatFeatures.DirectoryData, "dirdata"),
        (IncompatFeatures.Encrypt, "encrypt"),
    ];

    private Superblock(ReadOnlySpan<byte> bytes, string source)
    {
        Source = source;
        Compat = (CompatFeatures)UInt32(bytes, 0x5C);
        Incompat = (IncompatFeatures)UInt32(bytes, 0x60);
        RoCompat = (RoCompatFeatures)UInt32(bytes, 0x64);
        bool isDynamic = UInt32(bytes, 0x4C) != 0;
        bool is64Bit = Has(IncompatFeatures.SixtyFourBit);
        InodeCount = UInt32(bytes, 0);
        BlockCount = UInt32(bytes, 4) | (is64Bit ? (long)UInt32(bytes, 0x150) << 32 : 0);
        FirstDataBlock = UInt32(bytes, 0x14);
        LogBlockSize = UInt32(bytes, 0x18);
        LogClusterSize = Has(RoCompatFeatures.BigAlloc) ? UInt32(bytes, 0x1C) : LogBlockSize;
        BlocksPerGroup = UInt32(bytes, 0x20);
        ClustersPerGroup = UInt32(bytes, 0x24);
        InodesPerGroup = UInt32(bytes, 0x28);
        LastWriteTime = UInt32(bytes, 0x30) | ((long)bytes[0x274] << 32);
        IsHurd = UInt32(bytes, 0x48) == 1;
        FirstInode = isDynamic ? UInt32(bytes, 0x54) : 11;
        InodeSize = isDynamic ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[0x58..]) : 128;
        UuidBytes = bytes.Slice(0x68, 16).ToArray();
        Label = DecodeLabel(bytes.Slice(LabelOffset, LabelLength));
        JournalInode = UInt32(bytes, 0xE0);
        DescriptorSize = is64Bit ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[0xFE..]) : 32;
        FirstMetaGroup = UInt32(bytes, 0x104);
        QuotaInodes = [UInt32(bytes, 0x240), UInt32(bytes, 0x244), UInt32(bytes, 0x26C), UInt32(bytes, 0x280)];
        BackupGroups = [UInt32(bytes, 0x24C), UInt32(bytes, 0x250)];
        ChecksumSeed = Has(IncompatFeatures.ChecksumSeed) ? UInt32(bytes, 0x270) : Crc32C.Update(Crc32C.Start, UuidBytes);
    }

    public string Source { get; }

    public CompatFeatures Compat { get; }

    public IncompatFeatures Incompat { get; }

    public RoCompatFeatures RoCompat { get; }

    public uint InodeCount { get; }

    public long BlockCount { get; }

    public uint FirstDataBlock { get; }

    public uint LogBlockSize { get; }

    public uint LogClusterSize { get; }

    public uint BlocksPerGroup { get; }

    public uint ClustersPerGroup { get; }

    public uint InodesPerGroup { get; }

    /// <summary>s_wtime with its high byte: seconds since 1970.</summary>
    public long LastWriteTime { get; }

    public bool IsHurd { get; }

    /// <summary>The first inode that is not reserved.</summary>
    public uint FirstInode { get; }

    public int InodeSize { get; }

    public byte[] UuidBytes { get; }

    public string Label { get; }

    /// <summary>The inode of the internal journal; 0 for an external one.</summary>
    public uint JournalInode { get; }

    public int DescriptorSize { get; }

    public uint FirstMetaGroup { get; }

    /// <summary>
    /// Inodes outside the reserved range that belong to the file system: three quota files and the orphan file; 0 for none.
    /// </summary>
    public uint[] QuotaInodes { get; }

    /// <summary>Groups with a backup superblock under sparse_super2.</summary>
    public uint[] BackupGroups { get; }

    /// <summary>Where the CRC-32C of every metadata block starts.</summary>
    public uint ChecksumSeed { get; }

    public int BlockSize => 1024 << (int)LogBlockSize;

    /// <summary>Blocks of a cluster: 1 without bigalloc.</summary>
    public long ClusterRatio => 1L << (int)(LogClusterSize - LogBlockSize);

    public bool HasMetadataChecksums => Has(RoCompatFeatures.MetadataChecksum);

    public bool HasGroupChecksums => HasMetadataChecksums || Has(RoCompatFeatures.GroupDescriptorChecksum);

    public long GroupCount => (BlockCount - FirstDataBlock + BlocksPerGroup - 1) / BlocksPerGroup;

    public long InodeTableBlocks => (((long)InodesPerGroup * InodeSize) + BlockSize - 1) / BlockSize;

    /// <summary>Reads and checks the superblock of <paramref name="source"/>.</summary>
    /// <exception cref="ImageException">CorruptExt4, UnsupportedExt4 or <see cref="ErrorIds.ImageTruncated"/>.</exception>
    public static Superblock Read(RandomAccessSource source)
    {
        Span<byte> bytes = stackalloc byte[Size];
        source.ReadExactly(Offset, bytes);
        ushort magic = BinaryPrimitives.ReadUInt16LittleEndian(bytes[MagicOffset..]);
        if (magic != Magic)
        {
            throw ImageException.Corrupt(
                "Ext4", source.Name,
                $"no ext2, ext3 or ext4 superblock: the magic number is 0x{magic:X4} instead of 0xEF53");
        }
        Superblock superblock = new(bytes, source.Name);
        superblock.CheckFeatures();
        superblock.CheckChecksum(bytes);
        superblock.CheckGeometry();
        long size = superblock.BlockCount * superblock.BlockSize;
        if (size > source.Length)
        {
            throw new ImageException(
                ErrorIds.ImageTruncated, ImageErrorKind.Corrupt,
                $"{source.Name}: cut short: the ext4 file system has {size:N0} bytes, but there are only {source.Length:N0}.",
                "Download or copy the image again and compare its size and SHA-256 with the published ones.");
        }
        return superblock;
    }

    public bool Has(CompatFeatures feature) => (Compat & feature) != 0;

    public bool Has(IncompatFeatures feature) => (Incompat & feature) != 0;

    public bool Has(RoCompatFeatures feature) => (RoCompat & feature) != 0;

    /// <summary>The first block of a group.</summary>
    public long GroupStart(long group) => FirstDataBlock + (group * BlocksPerGroup);

    /// <summary>True when the group starts with a copy of the superblock.</summary>
    public bool HasBackup(long group)
    {
        if (group == 0)
            return true;
        if (Has(CompatFeatures.SparseSuper2))
            return group == BackupGroups[0] || group == BackupGroups[1];
        return !Has(RoCompatFeatures.SparseSuper) || HasSparseBackup(group);
    }

    /// <summary>The text of the label field.</summary>
    public static string DecodeLabel(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>True when the group starts with a copy of the superblock under sparse_super.</summary>
    public static bool HasSparseBackup(long group) => group <= 1 || IsPowerOf(group, 3) || IsPowerOf(group, 5) || IsPowerOf(group, 7);

    /// <summary>True for inodes that no directory may name.</summary>
    public bool IsReserved(uint inode) => (inode < FirstInode && inode != RootInode) || (inode != 0 && QuotaInodes.AsSpan().Contains(inode));

    /// <summary>An error about this file system.</summary>
    public ImageException Corrupt(string what) => ImageException.Corrupt("Ext4", Source, what);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static bool IsPowerOf(long value, int root)
    {
        while (value % root == 0)
            value /= root;
        return value == 1;
    }

    private void CheckFeatures()
    {
        foreach ((IncompatFeatures feature, string name) in s_refused)
        {
            if (Has(feature))
                throw ImageException.Unsupported("Ext4", Source, $"the file system uses the feature {name}");
        }
        IncompatFeatures unknown = Incompat & ~IncompatFeatures.Readable;
        if (unknown != IncompatFeatures.None)
            throw ImageException.Unsupported("Ext4", Source, $"the file system uses unknown features: incompat bits 0x{(uint)unknown:X}");
    }

    private void CheckChecksum(ReadOnlySpan<byte> bytes)
    {
        if (!HasMetadataChecksums)
            return;
        if (bytes[0x175] != 1)
            throw ImageException.Unsupported("Ext4", Source, $"the file system uses checksum type {bytes[0x175]} instead of 1 (crc32c)");
        uint stored = UInt32(bytes, ChecksumOffset);
        uint computed = Crc32C.Update(Crc32C.Start, bytes[..ChecksumOffset]);
        if (stored != computed)
            throw Corrupt($"the checksum of the superblock is 0x{computed:X8} instead of 0x{stored:X8}");
    }

    private void CheckGeometry()
    {
        if (LogBlockSize > 6)
            throw Corrupt($"the superblock gives a block size of 2^{10 + (long)LogBlockSize} bytes; at most 65,536 is possible");
        if (LogClusterSize < LogBlockSize || LogClusterSize > LogBlockSize + 16 || LogClusterSize > 20)
            throw Corrupt($"the superblock gives a cluster size of 2^{10 + (long)LogClusterSize} bytes with blocks of {BlockSize:N0}");
        int blockBits = BlockSize * 8;
        if (ClustersPerGroup > blockBits && Has(RoCompatFeatures.BigAlloc))
            throw Corrupt($"the superblock gives {ClustersPerGroup:N0} clusters a group; at most {blockBits:N0} is possible");
        if (BlocksPerGroup == 0 || BlocksPerGroup > blockBits * ClusterRatio)
            throw Corrupt($"the superblock gives {BlocksPerGroup:N0} blocks a group; 1 to {blockBits * ClusterRatio:N0} is possible");
        if (InodeSize < 128 || InodeSize > BlockSize || !BitOperations.IsPow2(InodeSize))
            throw Corrupt($"the superblock gives an inode size of {InodeSize:N0} bytes");
        if (InodesPerGroup < BlockSize / InodeSize || InodesPerGroup > blockBits)
        {
            throw Corrupt(
                $"the superblock gives {InodesPerGroup:N0} inodes a group; {BlockSize / InodeSize:N0} to {blockBits:N0} is possible");
        }
        if (Has(IncompatFeatures.SixtyFourBit) && (DescriptorSize < 64 || DescriptorSize > MaxDescriptorSize || !BitOperations.IsPow2(DescriptorSize)))
            throw Corrupt($"the superblock gives a group descriptor size of {DescriptorSize:N0} bytes");
        if (BlockCount <= FirstDataBlock || BlockCount > long.MaxValue / BlockSize)
            throw Corrupt($"the superblock gives {BlockCount:N0} blocks, of which {FirstDataBlock:N0} is the first");
        if (GroupCount * InodesPerGroup != InodeCount)
            throw Corrupt($"the superblock gives {InodeCount:N0} inodes, but {GroupCount:N0} groups of {InodesPerGroup:N0}");
        if (GroupCount * InodeTableBlocks >= BlockCount)
            throw Corrupt($"the superblock gives {InodeCount:N0} inodes, more than {BlockCount:N0} blocks can hold");
        if (FirstInode < 11 || FirstInode > InodeCount)
            throw Corrupt($"the superblock gives {FirstInode:N0} as the first inode that is not reserved, of {InodeCount:N0}");
    }
}
