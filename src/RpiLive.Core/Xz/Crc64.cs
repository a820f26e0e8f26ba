using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RpiLive.Core.Xz;

/// <summary>
/// CRC-64 (ECMA-182, reflected), the usual check of .xz files: 16 bytes a step by carry-less multiplication where the
/// processor has it, else eight bytes a step by tables.
/// </summary>
internal static class Crc64
{
    private const ulong Polynomial = 0xC96C5795D7870F42;
    private const int FoldLength = 16, Lanes = 4, MinFoldedLength = 2 * Lanes * FoldLength;

    /// <summary>Row k: the effect of a byte with k bytes after it.</summary>
    private static readonly ulong[] s_tables = MakeTables();

    /// <summary>
    /// What moves 128 bits of remainder over the next n: the earlier half goes by x^(n + 64 - 1), the later by x^(n - 1);
    /// the product of two reflected numbers lies one bit off, hence the ones.
    /// </summary>
    private static readonly Vector128<ulong> s_fold = Vector128.Create(PowerOfX(128 + 63), PowerOfX(128 - 1));

    /// <summary>The same for four lanes side by side: the multiplications of one need not wait for those of another.</summary>
    private static readonly Vector128<ulong> s_foldLanes = Vector128.Create(PowerOfX((Lanes * 128) + 63), PowerOfX((Lanes * 128) - 1));

    /// <summary>Carries the checksum <paramref name="crc"/>, 0 for the start, over <paramref name="bytes"/>.</summary>
    public static ulong Update(ulong crc, ReadOnlySpan<byte> bytes) =>
        ~(Pclmulqdq.IsSupported && bytes.Length >= MinFoldedLength ? Fold(~crc, bytes) : UpdateByTables(~crc, bytes));

    /// <summary>The same by tables alone, without the inversions at start and end.</summary>
    internal static ulong UpdateByTables(ulong crc, ReadOnlySpan<byte> bytes)
    {
        ulong[] tables = s_tables;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            crc = tables[(7 << 8) + (byte)crc] ^ tables[(6 << 8) + (byte)(crc >> 8)]
                ^ tables[(5 << 8) + (byte)(crc >> 16)] ^ tables[(4 << 8) + (byte)(crc >> 24)]
                ^ tables[(3 << 8) + (byte)(crc >> 32)] ^ tables[(2 << 8) + (byte)(crc >> 40)]
                ^ tables[(1 << 8) + (byte)(crc >> 48)] ^ tables[(int)(crc >> 56)];
        }
        foreach (byte value in bytes)
            crc = (crc >> 8) ^ tables[(byte)(crc ^ value)];
        return crc;
    }

    private static ulong Fold(ulong crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<Vector128<ulong>> words = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        Vector128<ulong> lane0 = words[0] ^ Vector128.Create(crc, 0), lane1 = words[1], lane2 = words[2], lane3 = words[3], factors = s_foldLanes;
        int at = Lanes;
        for (; at <= words.Length - Lanes; at += Lanes)
        {
            lane0 = Move(lane0, factors) ^ words[at];
            lane1 = Move(lane1, factors) ^ words[at + 1];
            lane2 = Move(lane2, factors) ^ words[at + 2];
            lane3 = Move(lane3, factors) ^ words[at + 3];
        }
        factors = s_fold;
        Vector128<ulong> rest = Move(Move(Move(lane0, factors) ^ lane1, factors) ^ lane2, factors) ^ lane3;
        for (; at < words.Length; at++)
            rest = Move(rest, factors) ^ words[at];
        Span<byte> last = stackalloc byte[FoldLength];
        rest.AsByte().CopyTo(last);
        return UpdateByTables(UpdateByTables(0, last), bytes[(words.Length * FoldLength)..]);
    }

    private static Vector128<ulong> Move(Vector128<ulong> rest, Vector128<ulong> factors) =>
        Pclmulqdq.CarrylessMultiply(rest, factors, 0x00) ^ Pclmulqdq.CarrylessMultiply(rest, factors, 0x11);

    private static ulong PowerOfX(int power)
    {
        ulong value = 1UL << 63;
        for (; power > 0; power--)
            value = (value >> 1) ^ ((value & 1) * Polynomial);
        return value;
    }

    private static ulong[] MakeTables()
    {
        ulong[] tables = new ulong[8 * 256];
        for (int i = 0; i < tables.Length; i++)
        {
            ulong crc = i < 256 ? (ulong)i : tables[i - 256];
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * Polynomial);
            tables[i] = crc;
        }
        return tables;
    }
}
