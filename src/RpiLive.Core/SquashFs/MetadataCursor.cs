using System.Buffers.Binary;

namespace RpiLive.Core.SquashFs;

/// <summary>Reads on and on through the metadata blocks of one table.</summary>
internal sealed class MetadataCursor
{
    private readonly BlockReader _blocks;
    private readonly long _end;
    private MetadataBlock _block;

    /// <summary>Starts at a reference: block position from the table's start times 65,536, and offset in the block.</summary>
    /// <param name="blocks">Where blocks come from.</param>
    /// <param name="start">Start of the table.</param>
    /// <param name="end">End of the table, or of the image where that is not known.</param>
    /// <param name="reference">Where to start.</param>
    public MetadataCursor(BlockReader blocks, ulong start, ulong end, ulong reference)
        : this(blocks, (long)end, Locate(blocks, start, end, reference), (int)(reference & 0xFFFF))
    {
    }

    /// <summary>Starts where <see cref="BlockPosition"/> and <see cref="Offset"/> of another cursor were.</summary>
    public MetadataCursor(BlockReader blocks, long end, long blockPosition, int offset)
    {
        _blocks = blocks;
        _end = end;
        BlockPosition = blockPosition;
        _block = blocks.ReadMetadata(blockPosition);
        Offset = offset;
        if (offset > _block.Content.Length)
            throw blocks.Corrupt($"a reference leads to byte {offset:N0} of the metadata block at {blockPosition:N0}, which has {_block.Content.Length:N0}");
    }

    /// <summary>Position of the current block in the image.</summary>
    public long BlockPosition { get; private set; }

    /// <summary>Place in the unpacked block.</summary>
    public int Offset { get; private set; }

    public void Read(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (Offset == _block.Content.Length)
                MoveToNextBlock();
            int count = Math.Min(bytes.Length, _block.Content.Length - Offset);
            _block.Bytes.Slice(Offset, count).CopyTo(bytes);
            Offset += count;
            bytes = bytes[count..];
        }
    }

    public ushort ReadUInt16()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public uint ReadUInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong ReadUInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Read(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private static long Locate(BlockReader blocks, ulong start, ulong end, ulong reference)
    {
        ulong position = start + (reference >> 16);
        return position < end ? (long)position : throw blocks.Corrupt($"a reference leads to a metadata block at {position:N0}, past the end of its table at {end:N0}");
    }

    private void MoveToNextBlock()
    {
        if (_block.Next >= _end)
            throw _blocks.Corrupt($"a structure runs past the end of its table at {_end:N0}");
        BlockPosition = _block.Next;
        _block = _blocks.ReadMetadata(BlockPosition);
        Offset = 0;
    }
}
