using System.Buffers.Binary;

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
}
