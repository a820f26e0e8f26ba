using System.Buffers.Binary;

namespace RpiLive.Core.Fat;

/// <summary>
/// Layout of the 32-byte directory entries (Microsoft FAT specification 1.03, "FAT Directory Structure" and "FAT Long
/// Directory Entries").
/// </summary>
internal static class FatEntry
{
    public const int Size = 32;
    public const int NameLength = 11;

    /// <summary>Bytes of a name before its extension.</summary>
    public const int BaseLength = 8;

    /// <summary>The most entries in one directory: 2 MiB.</summary>
    public const int MaxCount = 65536;

    public const byte VolumeLabel = 0x08;
    public const byte Directory = 0x10;
    public const byte Archive = 0x20;
    public const byte LongName = 0x0F;
    public const byte AttributeMask = 0x3F;

    /// <summary>First byte of a deleted entry; a name that really starts with this byte stores 05 instead.</summary>
    public const byte Deleted = 0xE5;
    public const byte DeletedStandIn = 0x05;

    /// <summary>Bits of byte 12 for names that are shown in lower case (Windows NT).</summary>
    public const byte LowerBase = 0x08;
    public const byte LowerExtension = 0x10;

    /// <summary>Set in the ordinal of the last part of a long name, which comes first on disk.</summary>
    public const byte LastLongPart = 0x40;

    /// <summary>UTF-16 units in one part of a long name, and the most parts.</summary>
    public const int LongPartLength = 13;
    public const int MaxLongParts = 20;

    /// <summary>The most UTF-16 units in a long name.</summary>
    public const int MaxLongName = 255;

    /// <summary>Where the units of a long name lie in an entry.</summary>
    public static ReadOnlySpan<byte> LongPartOffsets => [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

    /// <summary>Ties a long name to its short entry.</summary>
    public static byte Checksum(ReadOnlySpan<byte> shortName)
    {
        byte sum = 0;
        foreach (byte b in shortName[..NameLength])
            sum = (byte)((sum >> 1 | sum << 7) + b);
        return sum;
    }

    public static uint FirstCluster(ReadOnlySpan<byte> entry, FatType type)
    {
        uint low = BinaryPrimitives.ReadUInt16LittleEndian(entry[26..]);
        return type == FatType.Fat32 ? (uint)BinaryPrimitives.ReadUInt16LittleEndian(entry[20..]) << 16 | low : low;
    }
}
