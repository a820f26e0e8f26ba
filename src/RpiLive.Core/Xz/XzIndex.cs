using RpiLive.Core.Checksums;
using RpiLive.Core.Errors;
using RpiLive.Core.Packed;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Xz;

/// <summary>
/// Finds the blocks of all streams of a file ("The .xz File Format" 1.2.1, sections 2 and 4), from the end backwards, since
/// only the end of a stream tells where its index begins. Everything is verified but the blocks themselves.
/// </summary>
internal sealed class XzIndex
{
    /// <summary>The most blocks of a file: 24 TiB with the block size that <c>xz -6 -T0</c> uses. What they are kept in takes 48 MiB.</summary>
    public const int MaxBlocks = 1 << 20;

    /// <summary>A record takes at least two bytes, an index its type byte, the count and the CRC-32 besides.</summary>
    private const int MinRecordLength = 2, MinIndexLength = 8, MinUnpaddedLength = 5, Crc32Length = 4;

    private readonly RandomAccessSource _source;
    private readonly SourceWindow _window;

    /// <summary>Backwards by streams, forwards in each.</summary>
    private readonly List<(XzBlock Block, long UnpackedLength)> _found = [];
    private readonly List<int> _streamStarts = [];
    private long _unpackedLength;

    private XzIndex(RandomAccessSource source)
    {
        _source = source;
        _window = new(source);
    }

    /// <summary>The blocks that have content, in file order.</summary>
    /// <exception cref="ImageException"><c>CorruptXz</c> or <c>UnsupportedXz</c>.</exception>
    public static (XzBlock[] Blocks, PackedBlock[] Content) Read(RandomAccessSource source)
    {
        XzIndex index = new(source);
        index.ReadStreams();
        return index.Collect();
    }

    private void ReadStreams()
    {
        if (_source.Length < XzFormat.HeaderLength || !_window.Read(0, XzFormat.HeaderLength).StartsWith(XzFormat.HeaderMagic))
            throw Corrupt(0, "it does not begin as an .xz file does");
        if (_source.Length % 4 != 0)
            throw Corrupt(_source.Length, "its size is no multiple of four: it is cut short, or something was added to it");
        long end = _source.Length;
        while (end > 0)
            end = ReadStream(SkipPadding(end));
    }

    private (XzBlock[] Blocks, PackedBlock[] Content) Collect()
    {
        XzBlock[] blocks = new XzBlock[_found.Count];
        PackedBlock[] content = new PackedBlock[_found.Count];
        int count = 0;
        long offset = 0;
        for (int stream = _streamStarts.Count - 1, end = _found.Count; stream >= 0; end = _streamStarts[stream--])
        {
            foreach ((XzBlock block, long unpackedLength) in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_found)[_streamStarts[stream]..end])
            {
                blocks[count] = block;
                content[count++] = new(offset, unpackedLength);
                offset += unpackedLength;
            }
        }
        return (blocks, content);
    }

    /// <summary>Goes back over the zeros after a stream; their number is a multiple of four (2.2), as that of all before them.</summary>
    private long SkipPadding(long end)
    {
        while (end > 0)
        {
            int length = (int)Math.Min(end, SourceWindow.MaxLength);
            int last = _window.Read(end - length, length).LastIndexOfAnyExcept((byte)0);
            if (last >= 0)
                return XzFormat.Pad(end - length + last + 1);
            end -= length;
        }
        return 0;
    }

    /// <summary>Reads the stream that ends at <paramref name="end"/>.</summary>
    /// <returns>Where it begins.</returns>
    private long ReadStream(long end)
    {
        const int MinLength = XzFormat.HeaderLength + MinIndexLength + XzFormat.FooterLength;
        long footerOffset = end - XzFormat.FooterLength;
        if (end < MinLength)
            throw Corrupt(end, "it is cut short, or something was added to it");
        ReadOnlySpan<byte> footer = _window.Read(footerOffset, XzFormat.FooterLength);
        if (!footer[10..].SequenceEqual(XzFormat.FooterMagic))
            throw Corrupt(footerOffset, "no stream ends here as an .xz file's does: it is cut short, or something was added to it");
        if (!XzFormat.HasCrc32(footer[4..10], footer))
            throw Corrupt(footerOffset, "the CRC-32 of a stream footer does not match");
        int flags = (footer[8] << 8) | footer[9];
        if (flags > 15)
            throw XzErrors.Unsupported(_source, footerOffset, $"the stream flags are 0x{flags:X4}");
        long indexLength = (System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(footer[4..]) + 1L) * 4;
        if (indexLength < MinIndexLength || indexLength > footerOffset - XzFormat.HeaderLength)
            throw Corrupt(footerOffset, $"a stream footer tells of an index of {indexLength:N0} bytes, for which there is no room");

        int found = _found.Count;
        long indexOffset = footerOffset - indexLength;
        long blocksLength = ReadRecords(indexOffset, indexLength, (byte)flags);
        long start = indexOffset - blocksLength - XzFormat.HeaderLength;
        ReadStreamHeader(start, flags);
        MoveBlocks(found, start + XzFormat.HeaderLength);
        if (_found.Count > found)
            _streamStarts.Add(found);
        return start;
    }

    private void ReadStreamHeader(long offset, int flags)
    {
        ReadOnlySpan<byte> header = _window.Read(offset, XzFormat.HeaderLength);
        if (!header.StartsWith(XzFormat.HeaderMagic))
            throw Corrupt(offset, "no stream begins where the sizes in the index say so");
        if (!XzFormat.HasCrc32(header[6..8], header[8..]))
            throw Corrupt(offset, "the CRC-32 of a stream header does not match");
        if (((header[6] << 8) | header[7]) != flags)
            throw Corrupt(offset, "the stream header does not match the stream footer");
    }

    /// <summary>Reads an index (4); block offsets count from the stream's first block as yet.</summary>
    /// <returns>Bytes that the blocks take in the file.</returns>
    private long ReadRecords(long offset, long length, byte check)
    {
        long recordsEnd = offset + length - Crc32Length, at = offset, room = offset - XzFormat.HeaderLength, blocksLength = 0;
        uint crc = 0;
        if (_window.Read(at, 1)[0] != 0)
            throw Corrupt(at, "no index begins where the stream footer says so");
        crc = Crc32.Update(crc, [0]);
        at++;
        ulong count = ReadNumber(ref at, recordsEnd, ref crc);
        if (count > (ulong)(recordsEnd - at) / MinRecordLength)
            throw Corrupt(offset, $"the index tells of {count:N0} blocks, for which it has no room");
        for (; count > 0; count--)
        {
            long recordOffset = at;
            ulong unpadded = ReadNumber(ref at, recordsEnd, ref crc), unpacked = ReadNumber(ref at, recordsEnd, ref crc);
            if (unpadded < MinUnpaddedLength || unpadded > (ulong)(room - blocksLength) || XzFormat.Pad((long)unpadded) > room - blocksLength)
                throw Corrupt(recordOffset, $"the index tells of a block of {unpadded:N0} bytes, for which the file has no room");
            if (unpacked > (ulong)(long.MaxValue - _unpackedLength))
                throw Corrupt(recordOffset, "the sizes in the index add up to more than a file can have");
            Add(new(blocksLength, (long)unpadded, check), (long)unpacked, recordOffset);
            blocksLength += XzFormat.Pad((long)unpadded);
        }
        int padding = (int)Math.Min(recordsEnd - at, 4);
        ReadOnlySpan<byte> rest = _window.Read(at, padding);
        if (padding > 3 || rest.ContainsAnyExcept((byte)0))
            throw Corrupt(at, "the index does not end with its last block");
        crc = Crc32.Update(crc, rest);
        if (crc != System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(_window.Read(recordsEnd, Crc32Length)))
            throw Corrupt(recordsEnd, "the CRC-32 of the index does not match");
        return blocksLength;
    }

    private void Add(XzBlock block, long unpackedLength, long recordOffset)
    {
        _unpackedLength += unpackedLength;
        if (unpackedLength == 0)
            return;
        if (_found.Count == MaxBlocks)
            throw XzErrors.Unsupported(_source, recordOffset, $"it has more than {MaxBlocks:N0} blocks");
        _found.Add((block, unpackedLength));
    }

    private void MoveBlocks(int first, long start)
    {
        foreach (ref (XzBlock Block, long UnpackedLength) entry in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_found)[first..])
            entry.Block = entry.Block with { Offset = start + entry.Block.Offset };
    }

    private ulong ReadNumber(ref long at, long end, ref uint crc)
    {
        ReadOnlySpan<byte> bytes = _window.Read(at, (int)Math.Min(XzFormat.MaxNumberLength, end - at));
        int length = XzFormat.ReadNumber(bytes, out ulong value);
        if (length == 0)
            throw Corrupt(at, "a number in the index is not well formed");
        crc = Crc32.Update(crc, bytes[..length]);
        at += length;
        return value;
    }

    private ImageException Corrupt(long offset, string what) => XzErrors.Corrupt(_source, offset, what);
}
