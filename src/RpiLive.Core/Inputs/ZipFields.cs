using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>What the structures of a ZIP archive share (APPNOTE.TXT 6.3.10).</summary>
internal static class ZipFields
{
    /// <summary>A 16-bit field whose value is in the zip64 extension.</summary>
    public const ushort In64Short = ushort.MaxValue;

    /// <summary>A 32-bit field whose value is in the zip64 extension.</summary>
    public const uint In64 = uint.MaxValue;

    /// <summary>The content is encrypted.</summary>
    public const ushort EncryptedFlag = 0x0001;

    /// <summary>CRC and sizes follow the content instead of standing in the local header.</summary>
    public const ushort DescriptorFlag = 0x0008;

    /// <summary>The content is a patch for another file.</summary>
    public const ushort PatchFlag = 0x0020;

    /// <summary>The central directory is encrypted.</summary>
    public const ushort MaskedFlag = 0x2000;

    /// <summary>The name is UTF-8.</summary>
    public const ushort Utf8Flag = 0x0800;

    private const ushort Zip64Id = 1;

    /// <summary>A 16-bit number.</summary>
    public static ushort Short(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    /// <summary>A 32-bit number.</summary>
    public static uint Int(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    /// <summary>The zip64 extension among the extra fields; empty for none.</summary>
    public static ReadOnlySpan<byte> FindZip64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra), length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            extra = extra[4..];
            if (length > extra.Length)
                break;
            if (id == Zip64Id)
                return extra[..length];
            extra = extra[length..];
        }
        return [];
    }

    /// <summary>A 32-bit size or offset, or the next number of the zip64 extension where the field says so.</summary>
    /// <returns>Null where the extension lacks it or it is no sensible number.</returns>
    public static long? Widen(uint value, ref ReadOnlySpan<byte> zip64)
    {
        if (value != In64)
            return value;
        if (zip64.Length < sizeof(long))
            return null;
        long wide = BinaryPrimitives.ReadInt64LittleEndian(zip64);
        zip64 = zip64[sizeof(long)..];
        return wide < 0 ? null : wide;
    }

    /// <summary>An archive that breaks the rules.</summary>
    public static ImageException Corrupt(RandomAccessSource file, string what) => ImageException.Corrupt("Zip", file.Name, what);

    /// <summary>An archive that uses what is not read.</summary>
    public static ImageException Unsupported(RandomAccessSource file, string what) => new(
        "UnsupportedZip", ImageErrorKind.Unsupported, $"{file.Name}: {what}.", "Unpack the archive and pass the image that is in it.");
}
