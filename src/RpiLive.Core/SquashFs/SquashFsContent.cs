using System.Buffers.Binary;
using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>The content of a file in a SquashFS image.</summary>
internal sealed class SquashFsContent : FileContent
{
    private readonly BlockReader _blocks;
    private readonly uint _fragment;
    private readonly int _fragmentOffset;
    private readonly int _blockSize;
    private readonly long _storedBlocks;
    private readonly Place _first;

    /// <summary>Where the last search for a block ended, so that reading on does not start over.</summary>
    private Place _last;

    /// <param name="blocks">Where blocks come from.</param>
    /// <param name="length">Size of the file.</param>
    /// <param name="start">Offset of the first data block.</param>
    /// <param name="fragment">Fragment block with the tail, or <see cref="SquashFsFormat.NoFragment"/>.</param>
    /// <param name="fragmentOffset">Where the tail starts in it; checked.</param>
    /// <param name="sizes">Stands on the block sizes in the inode.</param>
    public SquashFsContent(BlockReader blocks, long length, long start, uint fragment, int fragmentOffset, MetadataCursor sizes)
    {
        _blocks = blocks;
        Length = length;
        _fragment = fragment;
        _fragmentOffset = fragmentOffset;
        _blockSize = blocks.Superblock.BlockSize;
        _storedBlocks = fragment == SquashFsFormat.NoFragment ? (length + _blockSize - 1) / _blockSize : length / _blockSize;
        _first = _last = new Place(0, start, sizes.BlockPosition, sizes.Offset);
        DiskOffset = length == 0 ? -1 : _storedBlocks > 0 ? start : FragmentEntry().Offset;
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override long DiskOffset { get; }

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(buffer.Length, Length - offset);
        BlockWalk? walk = null;
        while (!buffer.IsEmpty)
        {
            long index = offset / _blockSize;
            int within = (int)(offset % _blockSize);
            int blockLength = (int)Math.Min(_blockSize, Length - (index * _blockSize));
            Span<byte> part = buffer[..Math.Min(buffer.Length, blockLength - within)];
            if (index >= _storedBlocks)
                ReadTail(within, part);
            else
                ReadBlock(walk ??= StartWalk(index), within, blockLength, part);
            offset += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    /// <inheritdoc/>
    public override bool IsHole(long offset, long length)
    {
        if (length <= 0 || offset < 0 || length > Length - offset || (offset + length - 1) / _blockSize >= _storedBlocks)
            return false;
        BlockWalk walk = StartWalk(offset / _blockSize);
        for (long index = offset / _blockSize; index <= (offset + length - 1) / _blockSize; index++)
        {
            if (walk.Next(out _) != 0)
                return false;
        }
        return true;
    }

    /// <summary>Gives each stored block with its place, its size word and its length unpacked; holes are left out.</summary>
    internal void VisitBlocks(Action<long, uint, int> visit)
    {
        BlockWalk walk = new(_blocks, _first);
        for (long index = 0; index < _storedBlocks; index++)
        {
            uint sizeWord = walk.Next(out long offset);
            if (sizeWord != 0)
                visit(offset, sizeWord, (int)Math.Min(_blockSize, Length - (index * _blockSize)));
        }
    }

    /// <summary>The fragment block with the tail, with its size word and how long it must be at least; null for none.</summary>
    internal (long Offset, uint SizeWord, int MinLength)? Tail()
    {
        if (_fragment == SquashFsFormat.NoFragment || Length % _blockSize == 0)
            return null;
        (long offset, uint sizeWord) = FragmentEntry();
        return (offset, sizeWord, _fragmentOffset + (int)(Length % _blockSize));
    }

    private (long Offset, uint SizeWord) FragmentEntry()
    {
        Span<byte> entry = stackalloc byte[SquashFsFormat.FragmentEntryLength];
        _blocks.ReadTableEntry((long)_blocks.Superblock.FragmentTable, _fragment, entry);
        return (BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]));
    }

    private void ReadTail(int within, Span<byte> part)
    {
        (long offset, uint sizeWord) = FragmentEntry();
        byte[] block = _blocks.ReadData(offset, sizeWord);
        int tailLength = (int)(Length % _blockSize);
        if (tailLength > block.Length - _fragmentOffset)
            throw _blocks.Corrupt($"fragment {_fragment:N0} has {block.Length:N0} bytes, but a file's tail of {tailLength:N0} bytes lies at {_fragmentOffset:N0}");
        block.AsSpan(_fragmentOffset + within, part.Length).CopyTo(part);
    }

    private void ReadBlock(BlockWalk walk, int within, int blockLength, Span<byte> part)
    {
        uint sizeWord = walk.Next(out long offset);
        _last = walk.Place;
        if (sizeWord == 0)
        {
            part.Clear();
        }
        else if (part.Length == blockLength)
        {
            _blocks.ReadData(offset, sizeWord, part);
        }
        else
        {
            byte[] block = _blocks.ReadData(offset, sizeWord);
            if (block.Length != blockLength)
                throw _blocks.Corrupt($"the data block at {offset:N0} has {block.Length:N0} bytes instead of {blockLength:N0}");
            block.AsSpan(within, part.Length).CopyTo(part);
        }
    }

    private BlockWalk StartWalk(long index)
    {
        Place last = _last;
        BlockWalk walk = new(_blocks, last.Index <= index ? last : _first);
        while (walk.Place.Index < index)
            walk.Next(out _);
        _last = walk.Place;
        return walk;
    }

    /// <summary>A place in the list of block sizes.</summary>
    /// <param name="Index">Number of the block.</param>
    /// <param name="DataOffset">Where its data lie.</param>
    /// <param name="MetadataPosition">Metadata block with its size.</param>
    /// <param name="MetadataOffset">Place of its size in that block.</param>
    private sealed record Place(long Index, long DataOffset, long MetadataPosition, int MetadataOffset);

    /// <summary>
    /// Goes through the list of block sizes. The offset of a block is the sum of all sizes before it; the list is not kept,
    /// as a damaged inode can claim far more blocks than would fit in memory.
    /// </summary>
    private sealed class BlockWalk(BlockReader blocks, Place start)
    {
        private readonly MetadataCursor _sizes = new(blocks, (long)blocks.Superblock.DirectoryTable, start.MetadataPosition, start.MetadataOffset);
        private long _index = start.Index;
        private long _offset = start.DataOffset;

        public Place Place => new(_index, _offset, _sizes.BlockPosition, _sizes.Offset);

        public uint Next(out long offset)
        {
            uint word = _sizes.ReadUInt32();
            offset = _offset;
            _index++;
            _offset += word & ~SquashFsFormat.BlockRaw;
            return word;
        }
    }
}
