using System.Buffers.Binary;
using RpiLive.Core.Checksums;
using RpiLive.Core.Xz;

namespace RpiLive.Tests.Xz;

/// <summary>Streams with whatever index one likes; checksums are right, so that only what they cover can be refused.</summary>
internal static class CraftedXz
{
    /// <summary>A stream of the given bytes as blocks, and an index of the given records.</summary>
    public static byte[] Stream(byte[] blocks, IEnumerable<(ulong Unpadded, ulong Unpacked)> records, ulong? count = null, byte flags0 = 0, byte check = 0)
    {
        List<byte> numbers = [];
        ulong recordCount = 0;
        foreach ((ulong unpadded, ulong unpacked) in records)
        {
            numbers.AddRange(Number(unpadded));
            numbers.AddRange(Number(unpacked));
            recordCount++;
        }
        byte[] index = [0, .. Number(count ?? recordCount), .. numbers];
        index = [.. index, .. new byte[(4 - (index.Length % 4)) % 4]];
        index = [.. index, .. Crc(index)];
        byte[] flags = [flags0, check];
        byte[] footer = [.. UInt32((uint)((index.Length / 4) - 1)), .. flags];
        return [0xFD, .. "7zXZ\0"u8, .. flags, .. Crc(flags), .. blocks, .. index, .. Crc(footer), .. footer, .. "YZ"u8];
    }

    /// <summary>A block without a check, its header as given and padded, without sizes.</summary>
    public static byte[] Block(byte flags, byte[] header, byte[] packed, out ulong unpadded)
    {
        int length = (2 + header.Length + 4 + 3) / 4 * 4;
        byte[] whole = [(byte)((length / 4) - 1), flags, .. header, .. new byte[length - 6 - header.Length]];
        unpadded = (ulong)(length + packed.Length);
        return [.. whole, .. Crc(whole), .. packed, .. new byte[(4 - (packed.Length % 4)) % 4]];
    }

    /// <summary>LZMA2 data that hold the text as it is.</summary>
    public static byte[] Plain(ReadOnlySpan<byte> text) => [1, (byte)((text.Length - 1) >> 8), (byte)(text.Length - 1), .. text, 0];

    public static byte[] Number(ulong value)
    {
        List<byte> bytes = [];
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    private static byte[] Crc(byte[] bytes) => UInt32(Crc32.Compute(bytes));

    private static byte[] UInt32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
