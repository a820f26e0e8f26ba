using System.Numerics;
using System.Runtime.InteropServices;

namespace RpiLive.Core.Ext4;

/// <summary>CRC-32C (Castagnoli, reflected) without the final inversion, as metadata_csum and jbd2 use it.</summary>
internal static class Crc32C
{
    public const uint Start = uint.MaxValue;

    /// <summary>Carries <paramref name="crc"/> over <paramref name="bytes"/>.</summary>
    public static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
        foreach (byte value in bytes[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, value);
        return crc;
    }

    /// <summary>Carries <paramref name="crc"/> over a little-endian number.</summary>
    public static uint Update(uint crc, uint value) => BitOperations.Crc32C(crc, value);

    /// <summary>Carries <paramref name="crc"/> over a structure whose own checksum field counts as zeros.</summary>
    /// <param name="crc">The checksum so far.</param>
    /// <param name="bytes">The structure.</param>
    /// <param name="field">Offset of the checksum field.</param>
    /// <param name="width">Size of the checksum field in bytes, 2 or 4.</param>
    public static uint UpdateSkipping(uint crc, ReadOnlySpan<byte> bytes, int field, int width)
    {
        crc = Update(crc, bytes[..field]);
        crc = width == 2 ? BitOperations.Crc32C(crc, (ushort)0) : BitOperations.Crc32C(crc, 0u);
        return Update(crc, bytes[(field + width)..]);
    }
}
