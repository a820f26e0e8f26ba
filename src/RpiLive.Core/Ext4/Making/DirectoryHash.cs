using System.Buffers.Binary;
using System.Numerics;

namespace RpiLive.Core.Ext4.Making;

/// <summary>
/// The hash "half_md4" of names in directories with an index, its bytes taken as unsigned (fs/ext4/hash.c; the rounds are those of
/// MD4, RFC 1320, over eight words instead of 16).
/// </summary>
internal sealed class DirectoryHash
{
    private const int ChunkSize = 32;
    private const uint EndOfDirectory = 0xFFFFFFFE;

    private readonly uint[] _start = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476];

    public DirectoryHash(Guid seed)
    {
        if (seed == Guid.Empty)
            return;
        byte[] bytes = seed.ToByteArray(bigEndian: true);
        for (int i = 0; i < _start.Length; i++)
            _start[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i * 4));
    }

    /// <summary>The hash, whose lowest bit is always clear, and the part of it that is not stored.</summary>
    public (uint Major, uint Minor) Of(ReadOnlySpan<byte> name)
    {
        Span<uint> state = stackalloc uint[4];
        _start.CopyTo(state);
        Span<uint> words = stackalloc uint[ChunkSize / 4];
        while (!name.IsEmpty)
        {
            Fill(words, name);
            Transform(state, words);
            name = name[Math.Min(ChunkSize, name.Length)..];
        }
        uint major = state[1] & ~1u;
        return (major == EndOfDirectory ? EndOfDirectory - 2 : major, state[2]);
    }

    /// <summary>Up to 32 bytes as big-endian words, the length of what is left in every byte that has none.</summary>
    private static void Fill(Span<uint> words, ReadOnlySpan<byte> name)
    {
        uint padding = (byte)name.Length * 0x01010101u;
        name = name[..Math.Min(ChunkSize, name.Length)];
        for (int i = 0; i < words.Length; i++)
        {
            uint word = padding;
            for (int at = i * 4; at < Math.Min((i * 4) + 4, name.Length); at++)
                word = (word << 8) + name[at];
            words[i] = word;
        }
    }

    private static void Transform(Span<uint> state, ReadOnlySpan<uint> words)
    {
        uint a = state[0], b = state[1], c = state[2], d = state[3];
        Round(static (x, y, z) => z ^ (x & (y ^ z)), 0, [0, 1, 2, 3, 4, 5, 6, 7], [3, 7, 11, 19], words, ref a, ref b, ref c, ref d);
        Round(static (x, y, z) => (x & y) + ((x ^ y) & z), 0x5A827999, [1, 3, 5, 7, 0, 2, 4, 6], [3, 5, 9, 13], words, ref a, ref b, ref c, ref d);
        Round(static (x, y, z) => x ^ y ^ z, 0x6ED9EBA1, [3, 7, 2, 6, 1, 5, 0, 4], [3, 9, 11, 15], words, ref a, ref b, ref c, ref d);
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
    }

    private static void Round(
        Func<uint, uint, uint, uint> mix, uint constant, ReadOnlySpan<int> order, ReadOnlySpan<int> shifts, ReadOnlySpan<uint> words,
        ref uint a, ref uint b, ref uint c, ref uint d)
    {
        for (int i = 0; i < order.Length; i++)
        {
            uint result = BitOperations.RotateLeft(a + mix(b, c, d) + words[order[i]] + constant, shifts[i % 4]);
            (a, b, c, d) = (d, result, b, c);
        }
    }
}
