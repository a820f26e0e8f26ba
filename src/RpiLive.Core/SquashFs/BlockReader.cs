using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.SquashFs;

/// <summary>Fetches and unpacks metadata and data blocks; those used last are kept. Safe for several threads.</summary>
internal sealed class BlockReader(RandomAccessSource source, Superblock superblock, IBlockCodec codec) : IDisposable
{
    private const int KeptMetadataBlocks = 256;
    private const int KeptDataBytes = 16 << 20;

    private readonly ConcurrentBag<IBlockDecompressor> _decompressors = [];
    private readonly LeastRecentCache<long, MetadataBlock> _metadata = new(KeptMetadataBlocks);
    private readonly LeastRecentCache<(long Offset, uint SizeWord), byte[]> _data = new(KeptDataBytes / superblock.BlockSize);

    public Superblock Superblock => superblock;

    /// <summary>The metadata block at <paramref name="position"/>.</summary>
    public MetadataBlock ReadMetadata(long position)
    {
        if (_metadata.TryGet(position, out MetadataBlock? block))
            return block;
        Span<byte> header = stackalloc byte[sizeof(ushort)];
        ReadStored(position, header, "metadata block");
        ushort word = BinaryPrimitives.ReadUInt16LittleEndian(header);
        int size = word & ~SquashFsFormat.MetadataRaw;
        if (size is 0 or > SquashFsFormat.MetadataLength)
            throw Corrupt($"the metadata block at {position:N0} has a size of {size:N0} bytes; 1 to 8,192 are possible");
        byte[] bytes = Unpack(position + sizeof(ushort), size, (word & SquashFsFormat.MetadataRaw) != 0, SquashFsFormat.MetadataLength, "metadata block");
        block = new MetadataBlock(bytes, position + sizeof(ushort) + size);
        _metadata.Add(position, block);
        return block;
    }

    /// <summary>The entry of a table that has an index of its metadata blocks.</summary>
    /// <param name="index">Position of the index, whose extent is checked.</param>
    /// <param name="number">Number of the entry.</param>
    /// <param name="entry">Gets the entry; its length divides 8,192.</param>
    public void ReadTableEntry(long index, long number, Span<byte> entry)
    {
        long offset = number * entry.Length;
        Span<byte> pointer = stackalloc byte[sizeof(long)];
        ReadStored(index + (offset / SquashFsFormat.MetadataLength * sizeof(long)), pointer, "table index");
        ReadOnlySpan<byte> block = ReadMetadata(BinaryPrimitives.ReadInt64LittleEndian(pointer)).Bytes;
        int start = (int)(offset % SquashFsFormat.MetadataLength);
        if (entry.Length > block.Length - start)
            throw Corrupt($"a table block ends before entry {number:N0}");
        block.Slice(start, entry.Length).CopyTo(entry);
    }

    /// <summary>A data or fragment block, unpacked; at most a block size of bytes.</summary>
    public byte[] ReadData(long offset, uint sizeWord)
    {
        if (_data.TryGet((offset, sizeWord), out byte[]? bytes))
            return bytes;
        (int size, bool raw) = DataSize(offset, sizeWord);
        bytes = Unpack(offset, size, raw, superblock.BlockSize, "data block");
        _data.Add((offset, sizeWord), bytes);
        return bytes;
    }

    /// <summary>Unpacks a data block straight into <paramref name="destination"/>, which it has to fill.</summary>
    public void ReadData(long offset, uint sizeWord, Span<byte> destination)
    {
        (int size, bool raw) = DataSize(offset, sizeWord);
        int length = Unpack(offset, size, raw, destination, "data block");
        if (length != destination.Length)
            throw Corrupt($"the data block at {offset:N0} has {length:N0} bytes instead of {destination.Length:N0}");
    }

    /// <summary>Unpacks a data or fragment block into <paramref name="room"/>, keeps nothing, and gives its length.</summary>
    public int UnpackData(long offset, uint sizeWord, Span<byte> room)
    {
        (int size, bool raw) = DataSize(offset, sizeWord);
        return Unpack(offset, size, raw, room, "data block");
    }

    /// <summary>Bytes as they are stored.</summary>
    public void ReadStored(long position, Span<byte> bytes, string what)
    {
        if (position < 0 || position > (long)superblock.BytesUsed - bytes.Length)
            throw Corrupt($"a {what} of {bytes.Length:N0} bytes at {position:N0} lies outside of the image");
        source.ReadExactly(position, bytes);
    }

    public ImageException Corrupt(string what) => ImageException.Corrupt(SquashFsFormat.Name, source.Name, what);

    public ImageException Unsupported(string what) => ImageException.Unsupported(SquashFsFormat.Name, source.Name, what);

    public void Dispose()
    {
        while (_decompressors.TryTake(out IBlockDecompressor? decompressor))
            decompressor.Dispose();
    }

    private (int Size, bool Raw) DataSize(long offset, uint sizeWord)
    {
        uint size = sizeWord & ~SquashFsFormat.BlockRaw;
        return size > 0 && size <= superblock.BlockSize
            ? ((int)size, (sizeWord & SquashFsFormat.BlockRaw) != 0)
            : throw Corrupt($"the data block at {offset:N0} has a size of {size:N0} bytes; 1 to {superblock.BlockSize:N0} are possible");
    }

    private byte[] Unpack(long position, int size, bool raw, int maxLength, string what)
    {
        byte[] room = ArrayPool<byte>.Shared.Rent(maxLength);
        try
        {
            return room.AsSpan(0, Unpack(position, size, raw, room.AsSpan(0, maxLength), what)).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    private int Unpack(long position, int size, bool raw, Span<byte> destination, string what)
    {
        if (raw)
        {
            if (size > destination.Length)
                throw Corrupt($"the {what} at {position:N0} has {size:N0} bytes instead of {destination.Length:N0}");
            ReadStored(position, destination[..size], what);
            return size;
        }
        byte[] packed = ArrayPool<byte>.Shared.Rent(size);
        if (!_decompressors.TryTake(out IBlockDecompressor? decompressor))
            decompressor = codec.CreateDecompressor();
        try
        {
            ReadStored(position, packed.AsSpan(0, size), what);
            return decompressor.Decompress(packed.AsSpan(0, size), destination);
        }
        catch (ImageException e) when (e.ErrorId == "CorruptCodec")
        {
            throw Corrupt($"the {what} at {position:N0} cannot be unpacked: {e.Message.TrimEnd('.')}");
        }
        finally
        {
            _decompressors.Add(decompressor);
            ArrayPool<byte>.Shared.Return(packed);
        }
    }
}
