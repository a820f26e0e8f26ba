using System.Buffers.Binary;
using RpiLive.Core.Streams;
using static RpiLive.Core.Inputs.ZipFields;

namespace RpiLive.Core.Inputs;

/// <summary>Finds the packed bytes of a file in a ZIP archive, and verifies what stands around them.</summary>
internal static class ZipContent
{
    /// <summary>Packed as it is.</summary>
    public const ushort Stored = 0;

    /// <summary>Packed by deflate.</summary>
    public const ushort Deflated = 8;

    private const uint LocalSignature = 0x04034B50, DescriptorSignature = 0x08074B50;
    private const int LocalHeaderLength = 30;

    /// <summary>The flags that local header and central directory must agree in.</summary>
    private const ushort ComparedFlags = EncryptedFlag | DescriptorFlag | PatchFlag;

    /// <summary>Why the entry cannot be read; null when it can.</summary>
    public static string? Obstacle(ZipEntry entry)
    {
        if ((entry.Flags & (EncryptedFlag | MaskedFlag)) != 0)
            return "is encrypted";
        if ((entry.Flags & PatchFlag) != 0)
            return "is a patch";
        return entry.Method is Stored or Deflated ? null : $"is packed with {MethodName(entry.Method)}";
    }

    /// <summary>The packed bytes; local header and data descriptor have been compared with the central directory.</summary>
    /// <exception cref="Errors.ImageException"><c>CorruptZip</c>.</exception>
    public static RandomAccessSource Open(RandomAccessSource file, ZipEntry entry)
    {
        byte[] header = Take(file, entry.HeaderOffset, LocalHeaderLength);
        int nameLength = Short(header, 26), extraLength = Short(header, 28);
        byte[] variable = Int(header, 0) == LocalSignature ? Take(file, entry.HeaderOffset + LocalHeaderLength, nameLength + extraLength) : [];
        if (variable.Length != nameLength + extraLength)
            throw Corrupt(file, entry, $"has no local header at offset {entry.HeaderOffset:N0}");
        ReadOnlySpan<byte> zip64 = FindZip64(variable.AsSpan(nameLength));
        bool isWide = !zip64.IsEmpty;
        long? length = Widen(Int(header, 22), ref zip64), packedLength = Widen(Int(header, 18), ref zip64);
        bool hasDescriptor = (entry.Flags & DescriptorFlag) != 0;
        if (((Short(header, 6) ^ entry.Flags) & ComparedFlags) != 0 || Short(header, 8) != entry.Method
            || !variable.AsSpan(0, nameLength).SequenceEqual(entry.NameBytes)
            || (!hasDescriptor && (Int(header, 14) != entry.Crc || length != entry.Length || packedLength != entry.PackedLength)))
            throw Corrupt(file, entry, $"has a local header at offset {entry.HeaderOffset:N0} that does not match the list of files");

        long start = entry.HeaderOffset + LocalHeaderLength + variable.Length;
        RandomAccessSource packed = file.Slice(start, entry.PackedLength, $"{file.Name} ({entry.Name})");
        if (hasDescriptor && !HasDescriptor(file, entry, start + entry.PackedLength, isWide))
            throw Corrupt(file, entry, $"is not followed by a matching data descriptor at offset {start + entry.PackedLength:N0}");
        return packed;
    }

    /// <summary>What errors call a compression method.</summary>
    private static string MethodName(ushort method) => method switch
    {
        1 => "Shrink",
        6 => "Implode",
        9 => "Deflate64",
        12 => "bzip2",
        14 => "LZMA",
        93 => "Zstandard",
        95 => "xz",
        98 => "PPMd",
        99 => "AES encryption",
        _ => $"the unknown method {method}",
    };

    /// <summary>Its signature may be missing, and sizes have 64 bits where the local header has a zip64 extension.</summary>
    private static bool HasDescriptor(RandomAccessSource file, ZipEntry entry, long offset, bool isWide)
    {
        byte[] bytes = Take(file, offset, 24);
        ReadOnlySpan<byte> rest = bytes;
        return Matches(rest, entry, isWide) || (rest.Length >= 4 && Int(rest, 0) == DescriptorSignature && Matches(rest[4..], entry, isWide));
    }

    private static bool Matches(ReadOnlySpan<byte> bytes, ZipEntry entry, bool isWide)
    {
        if (bytes.Length < (isWide ? 20 : 12) || Int(bytes, 0) != entry.Crc)
            return false;
        return isWide
            ? BinaryPrimitives.ReadInt64LittleEndian(bytes[4..]) == entry.PackedLength && BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]) == entry.Length
            : Int(bytes, 4) == entry.PackedLength && Int(bytes, 8) == entry.Length;
    }

    private static byte[] Take(RandomAccessSource file, long offset, int length)
    {
        byte[] bytes = new byte[length];
        return bytes[..file.Read(offset, bytes)];
    }

    private static Errors.ImageException Corrupt(RandomAccessSource file, ZipEntry entry, string what) => ZipFields.Corrupt(file, $"'{entry.Name}' {what}");
}
