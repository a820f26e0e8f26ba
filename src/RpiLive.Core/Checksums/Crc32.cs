using System.Buffers.Binary;

namespace RpiLive.Core.Checksums;

/// <summary>CRC-32 (IEEE 802.3, reflected) of gzip, ZIP and .xz files, eight bytes a step.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    /// <summary>Row k: the effect of a byte with k bytes after it.</summary>
    private static readonly uint[] s_tables = MakeTables();

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Update(0, bytes);

    /// <summary>Carries the checksum <paramref name="crc"/>, 0 for the start, over <paramref name="bytes"/>.</summary>
    public static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint[] tables = s_tables;
        crc = ~crc;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            uint low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes), high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = tables[(7 << 8) + (byte)low] ^ tables[(6 << 8) + (byte)(low >> 8)]
                ^ tables[(5 << 8) + (byte)(low >> 16)] ^ tables[(4 << 8) + (int)(low >> 24)]
                ^ tables[(3 << 8) + (byte)high] ^ tables[(2 << 8) + (byte)(high >> 8)]
                ^ tables[(1 << 8) + (byte)(high >> 16)] ^ tables[(int)(high >> 24)];
        }
        foreach (byte value in bytes)
            crc = (crc >> 8) ^ tables[(byte)(crc ^ value)];
        return ~crc;
    }

    private static uint[] MakeTables()
    {
        uint[] tables = new uint[8 * 256];
        for (int i = 0; i < tables.Length; i++)
        {
            uint crc = i < 256 ? (uint)i : tables[i - 256];
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            tables[i] = crc;
        }
        return tables;
    }
}
