using System.Buffers.Binary;
using System.Numerics;
using RpiLive.Core.Errors;

namespace RpiLive.Core.SquashFs;

/// <summary>The superblock, 96 bytes at the start of the image (struct squashfs_super_block of Linux).</summary>
internal sealed record Superblock
{
    public required uint InodeCount { get; init; }

    /// <summary>Seconds since 1970-01-01T00:00:00Z.</summary>
    public required uint ModificationTime { get; init; }

    public required int BlockSize { get; init; }

    public required uint FragmentCount { get; init; }

    public required ushort CompressorId { get; init; }

    public required SquashFsFlags Flags { get; init; }

    public required ushort IdCount { get; init; }

    /// <summary>Reference of the root directory's inode.</summary>
    public required ulong RootInode { get; init; }

    public required ulong BytesUsed { get; init; }

    public required ulong IdTable { get; init; }

    public required ulong XattrTable { get; init; }

    public required ulong InodeTable { get; init; }

    public required ulong DirectoryTable { get; init; }

    public required ulong FragmentTable { get; init; }

    public required ulong ExportTable { get; init; }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[SquashFsFormat.SuperblockLength];
        Span<byte> span = bytes;
        BinaryPrimitives.WriteUInt32LittleEndian(span, SquashFsFormat.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(span[4..], InodeCount);
        BinaryPrimitives.WriteUInt32LittleEndian(span[8..], ModificationTime);
        BinaryPrimitives.WriteInt32LittleEndian(span[12..], BlockSize);
        BinaryPrimitives.WriteUInt32LittleEndian(span[16..], FragmentCount);
        BinaryPrimitives.WriteUInt16LittleEndian(span[20..], CompressorId);
        BinaryPrimitives.WriteUInt16LittleEndian(span[22..], (ushort)int.Log2(BlockSize));
        BinaryPrimitives.WriteUInt16LittleEndian(span[24..], (ushort)Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(span[26..], IdCount);
        BinaryPrimitives.WriteUInt16LittleEndian(span[28..], 4);
        BinaryPrimitives.WriteUInt16LittleEndian(span[30..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(span[32..], RootInode);
        BinaryPrimitives.WriteUInt64LittleEndian(span[40..], BytesUsed);
        BinaryPrimitives.WriteUInt64LittleEndian(span[48..], IdTable);
        BinaryPrimitives.WriteUInt64LittleEndian(span[56..], XattrTable);
        BinaryPrimitives.WriteUInt64LittleEndian(span[64..], InodeTable);
        BinaryPrimitives.WriteUInt64LittleEndian(span[72..], DirectoryTable);
        BinaryPrimitives.WriteUInt64LittleEndian(span[80..], FragmentTable);
        BinaryPrimitives.WriteUInt64LittleEndian(span[88..], ExportTable);
        return bytes;
    }

    /// <summary>Reads and checks a superblock.</summary>
    /// <param name="bytes">The first 96 bytes of the image.</param>
    /// <param name="length">Size of the image.</param>
    /// <param name="name">What errors call the image.</param>
    public static Superblock Parse(ReadOnlySpan<byte> bytes, long length, string name)
    {
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (magic != SquashFsFormat.Magic)
            throw Corrupt(name, $"no SquashFS superblock: the first four bytes are 0x{magic:X8}, not 0x{SquashFsFormat.Magic:X8}");
        (int major, int minor) = (BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[30..]));
        if ((major, minor) != (4, 0))
            throw ImageException.Unsupported(SquashFsFormat.Name, name, $"SquashFS version {major}.{minor}");
        uint blockSize = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        if (blockSize is < SquashFsFormat.MinBlockSize or > SquashFsFormat.MaxBlockSize || !BitOperations.IsPow2(blockSize)
            || BitOperations.Log2(blockSize) != BinaryPrimitives.ReadUInt16LittleEndian(bytes[22..]))
        {
            throw Corrupt(name, $"the block size {blockSize:N0} is not a power of two from 4,096 to 1,048,576, or does not match its logarithm");
        }
        Superblock superblock = new()
        {
            InodeCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            ModificationTime = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BlockSize = (int)blockSize,
            FragmentCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            CompressorId = BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]),
            Flags = (SquashFsFlags)BinaryPrimitives.ReadUInt16LittleEndian(bytes[24..]),
            IdCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes[26..]),
            RootInode = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            BytesUsed = BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            IdTable = BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]),
            XattrTable = BinaryPrimitives.ReadUInt64LittleEndian(bytes[56..]),
            InodeTable = BinaryPrimitives.ReadUInt64LittleEndian(bytes[64..]),
            DirectoryTable = BinaryPrimitives.ReadUInt64LittleEndian(bytes[72..]),
            FragmentTable = BinaryPrimitives.ReadUInt64LittleEndian(bytes[80..]),
            ExportTable = BinaryPrimitives.ReadUInt64LittleEndian(bytes[88..]),
        };
        if (superblock.BytesUsed < SquashFsFormat.SuperblockLength || superblock.BytesUsed > (ulong)length)
            throw Corrupt(name, $"the superblock says {superblock.BytesUsed:N0} bytes, but there are {length:N0}");
        if (superblock.InodeCount == 0 || superblock.IdCount == 0)
            throw Corrupt(name, $"the superblock says {superblock.InodeCount:N0} inodes and {superblock.IdCount:N0} ids");
        if (superblock.InodeTable < SquashFsFormat.SuperblockLength || superblock.InodeTable >= superblock.DirectoryTable
            || superblock.DirectoryTable > superblock.BytesUsed)
        {
            throw Corrupt(name, $"the inode table at {superblock.InodeTable:N0} and the directory table at {superblock.DirectoryTable:N0} are not in order inside the image");
        }
        superblock.CheckTable(superblock.IdTable, superblock.IdCount * sizeof(uint), "id", name);
        superblock.CheckTable(superblock.FragmentTable, superblock.FragmentCount * (long)SquashFsFormat.FragmentEntryLength, "fragment", name);
        return superblock;
    }

    private static ImageException Corrupt(string name, string what) => ImageException.Corrupt(SquashFsFormat.Name, name, what);

    /// <summary>The index of a table with entries has to lie inside the image.</summary>
    private void CheckTable(ulong index, long entriesLength, string table, string name)
    {
        ulong indexLength = (ulong)((entriesLength + SquashFsFormat.MetadataLength - 1) / SquashFsFormat.MetadataLength * sizeof(ulong));
        if (indexLength > 0 && (index < DirectoryTable || index > BytesUsed || indexLength > BytesUsed - index))
            throw Corrupt(name, $"the {table} table at {index:N0} lies outside of the image");
    }
}
