using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RpiLive.Core.Testing.Safety;

/// <summary>Passwords as SHA-256 and SHA-512 crypt store them (crypt(5): <c>$5$</c>, <c>$6$</c>; U. Drepper, "Unix crypt using SHA-256 and SHA-512").</summary>
internal static class Sha2Crypt
{
    private const string Digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int DefaultRounds = 5000, MaxSalt = 16;

    /// <summary>Hashes with more rounds are not tried: a forged one could ask for hours.</summary>
    private const int MaxRounds = 20_000;

    /// <summary>How often a hash is computed over; null for one of another kind, or with more rounds than are tried.</summary>
    /// <param name="hash">The second field of a line of shadow(5).</param>
    public static int? RoundsOf(string hash) => Parse(hash)?.Rounds;

    /// <summary>True when the hash is one of these two and of this password.</summary>
    /// <param name="password">The password.</param>
    /// <param name="hash">The second field of a line of shadow(5).</param>
    public static bool Matches(string password, string hash) => Parse(hash) is { } parts
        && Encode(Compute(parts.IsWide, Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(parts.Salt), parts.Rounds), parts.IsWide) == parts.Digest;

    private static (bool IsWide, string Salt, int Rounds, string Digest)? Parse(string hash)
    {
        string[] parts = hash.Split('$');
        if (parts.Length < 4 || parts[0].Length > 0 || parts[1] is not ("5" or "6"))
            return null;
        int rounds = DefaultRounds, next = 2;
        if (parts[2].StartsWith("rounds=", StringComparison.Ordinal))
        {
            if (!int.TryParse(parts[2]["rounds=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out rounds) || rounds > MaxRounds || parts.Length < 5)
                return null;
            rounds = Math.Max(rounds, 1000);
            next = 3;
        }
        return parts[next].Length <= MaxSalt ? (parts[1] == "6", parts[next], rounds, parts[next + 1]) : null;
    }

    private static byte[] Compute(bool wide, byte[] password, byte[] salt, int rounds)
    {
        HashAlgorithmName name = wide ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
        using IncrementalHash hash = IncrementalHash.CreateHash(name);
        byte[] alternate = Hash(hash, password, salt, password);
        hash.AppendData(password);
        hash.AppendData(salt);
        hash.AppendData(Repeat(alternate, password.Length));
        for (int bits = password.Length; bits > 0; bits >>= 1)
            hash.AppendData((bits & 1) != 0 ? alternate : password);
        byte[] result = hash.GetHashAndReset();

        for (int i = 0; i < password.Length; i++)
            hash.AppendData(password);
        byte[] p = Repeat(hash.GetHashAndReset(), password.Length);
        for (int i = 0; i < 16 + result[0]; i++)
            hash.AppendData(salt);
        byte[] s = Repeat(hash.GetHashAndReset(), salt.Length);
        for (int round = 0; round < rounds; round++)
        {
            hash.AppendData((round & 1) != 0 ? p : result);
            if (round % 3 != 0)
                hash.AppendData(s);
            if (round % 7 != 0)
                hash.AppendData(p);
            hash.AppendData((round & 1) != 0 ? result : p);
            result = hash.GetHashAndReset();
        }
        return result;
    }

    private static byte[] Hash(IncrementalHash hash, params ReadOnlySpan<byte[]> parts)
    {
        foreach (byte[] part in parts)
            hash.AppendData(part);
        return hash.GetHashAndReset();
    }

    private static byte[] Repeat(byte[] bytes, int length)
    {
        byte[] result = new byte[length];
        for (int i = 0; i < length; i++)
            result[i] = bytes[i % bytes.Length];
        return result;
    }

    /// <summary>The digest in groups of three bytes that lie a third of its length apart, each turned by one from the last.</summary>
    private static string Encode(byte[] digest, bool wide)
    {
        StringBuilder text = new();
        int third = wide ? 21 : 10;
        int a = 0, b = third, c = 2 * third;
        for (int i = 0; i < third; i++)
        {
            Append((digest[a] << 16) | (digest[b] << 8) | digest[c], 4);
            (a, b, c) = wide ? (b + 1, c + 1, a + 1) : (c + 1, a + 1, b + 1);
        }
        if (wide)
            Append(digest[63], 2);
        else
            Append((digest[31] << 8) | digest[30], 3);
        return text.ToString();

        void Append(int value, int count)
        {
            for (; count > 0; count--, value >>= 6)
                text.Append(Digits[value & 63]);
        }
    }
}
