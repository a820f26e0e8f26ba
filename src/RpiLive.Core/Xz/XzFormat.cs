using System.Buffers.Binary;
using RpiLive.Core.Checksums;

namespace RpiLive.Core.Xz;

/// <summary>Numbers of "The .xz File Format", version 1.2.1 (tukaani.org), with the sections that give them.</summary>
internal static class XzFormat
{
    /// <summary>Stream header (2.1.1) and stream footer (2.1.2).</summary>
    public const int HeaderLength = 12, FooterLength = 12;

    /// <summary>Block headers (3.1.1).</summary>
    public const int MinBlockHeaderLength = 8, MaxBlockHeaderLength = 1024;

    /// <summary>Variable-length numbers (1.2) have at most 63 bits.</summary>
    public const int MaxNumberLength = 9;

    /// <summary>Filter ids (5.3 and the list of filters after it).</summary>
    public const ulong Lzma2Filter = 0x21;

    /// <summary>The largest value of the LZMA2 filter's dictionary byte (5.3.1).</summary>
    public const int MaxDictionaryCode = 40;

    public const int CheckNone = 0, CheckCrc32 = 1, CheckCrc64 = 4, CheckSha256 = 10;

    public static ReadOnlySpan<byte> HeaderMagic => [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];

    public static ReadOnlySpan<byte> FooterMagic => "YZ"u8;

    /// <summary>Size of the check field by check type (2.1.1.2).</summary>
    private static ReadOnlySpan<byte> CheckLengths => [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

    public static int CheckLength(int check) => CheckLengths[check];

    /// <summary>The next multiple of four.</summary>
    public static long Pad(long length) => (length + 3) & ~3L;

    /// <summary>Size of the dictionary in bytes, by its code (5.3.1): 4 KiB, 6 KiB, 8 KiB … 3 GiB, 4 GiB - 1.</summary>
    public static long DictionaryLength(int code) => code == MaxDictionaryCode ? uint.MaxValue : (2L | (code & 1)) << ((code >> 1) + 11);

    /// <summary>How the tools call a filter.</summary>
    public static string FilterName(ulong id) => id switch
    {
        0x03 => "delta",
        0x04 => "BCJ x86",
        0x05 => "BCJ powerpc",
        0x06 => "BCJ ia64",
        0x07 => "BCJ arm",
        0x08 => "BCJ armthumb",
        0x09 => "BCJ sparc",
        0x0A => "BCJ arm64",
        0x0B => "BCJ riscv",
        Lzma2Filter => "LZMA2",
        _ => $"0x{id:X}",
    };

    /// <summary>Reads a variable-length number (1.2).</summary>
    /// <returns>Its size in bytes; 0 when it does not end within the bytes, is longer than allowed or not in its shortest form.</returns>
    public static int ReadNumber(ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < Math.Min(bytes.Length, MaxNumberLength); i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
                return bytes[i] == 0 && i > 0 ? 0 : i + 1;
        }
        return 0;
    }

    /// <summary>True when the bytes have this CRC-32, stored in little-endian order.</summary>
    public static bool HasCrc32(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> stored) =>
        Crc32.Compute(bytes) == BinaryPrimitives.ReadUInt32LittleEndian(stored);
}
