using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Xz;

namespace RpiLive.Core.Inputs;

/// <summary>Recognises a format by its first bytes; names do not count.</summary>
internal static class FormatProbe
{
    private const int ProbeLength = 6;

    /// <summary>The format of a file. What is none of the packed ones counts as raw.</summary>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.FormatNotSupported"/>: an archive or disk image of a kind that is not read.
    /// </exception>
    public static ImageFormat Recognise(RandomAccessSource file)
    {
        Span<byte> head = stackalloc byte[ProbeLength];
        head = head[..file.Read(0, head)];
        ImageFormat? packed = Packed(head);
        if (packed is null && Lookalike.Container(file) is { } other)
            throw new ImageException(ErrorIds.FormatNotSupported, ImageErrorKind.Unsupported, $"{file.Name}: {other.What}.", other.Action);
        return packed ?? ImageFormat.Raw;
    }

    private static ImageFormat? Packed(ReadOnlySpan<byte> head)
    {
        if (XzFile.IsXz(head))
            return ImageFormat.Xz;
        if (head.StartsWith(GzipHeader.Magic[..2]))
            return ImageFormat.Gzip;
        if (head.Length >= 4 && ZstdFrame.IsMagic(BinaryPrimitives.ReadUInt32LittleEndian(head)))
            return ImageFormat.Zstd;

        // The first file, the end of an empty archive, or the mark of a split one.
        return head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8) || head.StartsWith("PK\x07\x08"u8) ? ImageFormat.Zip : null;
    }
}
