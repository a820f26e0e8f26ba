using System.Buffers.Binary;
using RpiLive.Core.Checksums;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>The header of a gzip member (RFC 1952, section 2.3).</summary>
internal static class GzipHeader
{
    private const int FixedLength = 10;
    private const byte HeaderCrcFlag = 0x02, ExtraFlag = 0x04, NameFlag = 0x08, CommentFlag = 0x10, ReservedFlags = 0xE0;
    private const byte Deflate = 8;

    /// <summary>The most bytes of a header; extra field, name and comment of real files have a few dozen.</summary>
    private const int MaxLength = 256 << 10;

    /// <summary>What every member starts with.</summary>
    public static ReadOnlySpan<byte> Magic => [0x1F, 0x8B, Deflate];

    /// <summary>Checks the header at <paramref name="start"/>.</summary>
    /// <returns>Offset of the compressed data after it.</returns>
    /// <exception cref="ImageException"><c>CorruptGzip</c> or <c>UnsupportedGzip</c>.</exception>
    public static long Read(RandomAccessSource source, long start)
    {
        byte[] bytes = new byte[(int)Math.Min(MaxLength, source.Length - start)];
        bytes = bytes[..source.Read(start, bytes)];
        if (bytes.Length < FixedLength)
            throw CutShort(source, start);
        if (!bytes.AsSpan().StartsWith(Magic[..2]))
            throw Corrupt(source, $"there is no gzip member at offset {start:N0}");
        if (bytes[2] != Deflate)
            throw Corrupt(source, $"the gzip member at offset {start:N0} names the compression method {bytes[2]}; there is only {Deflate}");
        byte flags = bytes[3];
        if ((flags & ReservedFlags) != 0)
            throw ImageException.Unsupported("Gzip", source.Name, $"the gzip member at offset {start:N0} has the unknown flags 0x{flags:X2}");

        int length = FixedLength;
        if ((flags & ExtraFlag) != 0)
        {
            Skip(2);
            Skip(BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(length - 2)));
        }
        if ((flags & NameFlag) != 0)
            SkipText();
        if ((flags & CommentFlag) != 0)
            SkipText();
        if ((flags & HeaderCrcFlag) != 0)
        {
            ushort expected = (ushort)Crc32.Update(0, bytes.AsSpan(0, length));
            Skip(2);
            if (BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(length - 2)) != expected)
                throw Corrupt(source, $"the header of the gzip member at offset {start:N0} does not match its checksum");
        }
        return start + length;

        void Skip(int count)
        {
            if (count > bytes.Length - length)
                throw CutShort(source, start);
            length += count;
        }

        void SkipText()
        {
            int end = bytes.AsSpan(length).IndexOf((byte)0);
            if (end < 0)
                throw CutShort(source, start);
            length += end + 1;
        }
    }

    private static ImageException CutShort(RandomAccessSource source, long start) => Corrupt(source,
        $"the header of the gzip member at offset {start:N0} does not end within the "
        + $"{Math.Min(MaxLength, source.Length - start):N0} bytes that it may have");

    private static ImageException Corrupt(RandomAccessSource source, string what) => ImageException.Corrupt("Gzip", source.Name, what);
}
