using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Xz;

/// <summary>The header of a block ("The .xz File Format" 1.2.1, section 3.1).</summary>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Dictionary">Size of the LZMA2 dictionary in bytes.</param>
internal readonly record struct XzBlockHeader(int Length, long Dictionary)
{
    private const int FilterCountMask = 0x03, ReservedMask = 0x3C, HasPackedLength = 0x40, HasUnpackedLength = 0x80;

    /// <summary>Reads and verifies the header of a block.</summary>
    /// <param name="source">The file.</param>
    /// <param name="block">The block.</param>
    /// <param name="unpackedLength">Size of its content by the index.</param>
    /// <exception cref="ImageException"><c>CorruptXz</c>, also when it contradicts the index; <c>UnsupportedXz</c>.</exception>
    public static XzBlockHeader Read(RandomAccessSource source, XzBlock block, long unpackedLength)
    {
        Span<byte> buffer = stackalloc byte[XzFormat.MaxBlockHeaderLength];
        buffer = buffer[..(int)Math.Min(buffer.Length, block.UnpaddedLength)];
        source.ReadExactly(block.Offset, buffer);
        int length = (buffer[0] + 1) * 4;
        int checkLength = XzFormat.CheckLength(block.Check);
        if (length < XzFormat.MinBlockHeaderLength || length >= block.UnpaddedLength - checkLength)
            throw Corrupt($"the header of a block cannot have {length} bytes");
        ReadOnlySpan<byte> header = buffer[..(length - 4)];
        if (!XzFormat.HasCrc32(header, buffer[(length - 4)..]))
            throw Corrupt("the CRC-32 of a block header does not match");

        int flags = header[1];
        if ((flags & ReservedMask) != 0)
            throw XzErrors.Unsupported(source, block.Offset, $"the block flags are 0x{flags:X2}");
        header = header[2..];
        if ((flags & HasPackedLength) != 0 && ReadNumber(ref header) != (ulong)(block.UnpaddedLength - length - checkLength))
            throw Corrupt("the packed size in a block header is not the one in the index");
        if ((flags & HasUnpackedLength) != 0 && ReadNumber(ref header) != (ulong)unpackedLength)
            throw Corrupt("the unpacked size in a block header is not the one in the index");

        long dictionary = 0;
        for (int filter = flags & FilterCountMask; filter >= 0; filter--)
        {
            ulong id = ReadNumber(ref header), propertiesLength = ReadNumber(ref header);
            if (id != XzFormat.Lzma2Filter)
                throw XzErrors.Unsupported(source, block.Offset, $"a block uses the filter {XzFormat.FilterName(id)}; only LZMA2 is known");
            if (filter > 0 || propertiesLength != 1 || header.IsEmpty)
                throw Corrupt("the filters of a block are wrong");
            if (header[0] > XzFormat.MaxDictionaryCode)
                throw XzErrors.Unsupported(source, block.Offset, $"the dictionary of a block is of the unknown size 0x{header[0]:X2}");
            dictionary = XzFormat.DictionaryLength(header[0]);
            header = header[1..];
        }
        if (header.ContainsAnyExcept((byte)0))
            throw Corrupt("the padding of a block header is not zero");
        return new(length, dictionary);

        ulong ReadNumber(ref ReadOnlySpan<byte> bytes)
        {
            int count = XzFormat.ReadNumber(bytes, out ulong value);
            if (count == 0)
                throw Corrupt("a number in a block header is not well formed");
            bytes = bytes[count..];
            return value;
        }

        ImageException Corrupt(string what) => XzErrors.Corrupt(source, block.Offset, what);
    }
}
