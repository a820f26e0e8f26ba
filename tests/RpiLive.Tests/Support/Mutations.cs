namespace RpiLive.Tests.Support;

/// <summary>Damage for robustness tests: the same seed does the same damage.</summary>
internal static class Mutations
{
    private static readonly ulong[] s_nasty = [0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, ulong.MaxValue, long.MaxValue];

    /// <summary>A damaged copy: a few random bytes, bits, nasty numbers, copied ranges, or a cut.</summary>
    public static byte[] Damage(ReadOnlySpan<byte> original, int seed, IReadOnlyList<Range>? hotRanges = null)
    {
        Random random = new(seed);
        byte[] bytes = original.ToArray();
        for (int count = random.Next(1, 8); count > 0; count--)
        {
            int position = Position(random, bytes.Length, bytes.Length == original.Length ? hotRanges : null);
            switch (random.Next(6))
            {
                case 0: bytes[position] = (byte)random.Next(256); break;
                case 1: bytes[position] ^= (byte)(1 << random.Next(8)); break;
                case 2:
                    int width = 1 << random.Next(4);
                    ulong value = s_nasty[random.Next(s_nasty.Length)];
                    for (int i = 0; i < width && position + i < bytes.Length; i++)
                        bytes[position + i] = (byte)(value >> (8 * i));
                    break;
                case 3: bytes.AsSpan(position, Math.Min(random.Next(1, 64), bytes.Length - position)).Clear(); break;
                case 4:
                    int length = Math.Min(random.Next(1, 64), bytes.Length - position);
                    int from = random.Next(bytes.Length - length + 1);
                    bytes.AsSpan(from, length).CopyTo(bytes.AsSpan(position));
                    break;
                default:
                    if (random.Next(4) == 0 && bytes.Length > 1024)
                        bytes = bytes[..random.Next(512, bytes.Length)];
                    break;
            }
        }
        return bytes;
    }

    private static int Position(Random random, int length, IReadOnlyList<Range>? hotRanges)
    {
        if (hotRanges is { Count: > 0 } && random.Next(4) != 0)
        {
            // A cut may have taken part of the range.
            Range range = hotRanges[random.Next(hotRanges.Count)];
            int offset = range.Start.GetOffset(length), size = range.End.GetOffset(length) - offset;
            return Math.Clamp(offset + random.Next(Math.Max(size, 1)), 0, length - 1);
        }
        return random.Next(length);
    }
}
