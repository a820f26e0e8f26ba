using System.Text;

namespace RpiLive.Core.Debian.Archive;

/// <summary>ASCII armor (RFC 9580, 6.2).</summary>
public static class Armor
{
    private const uint CrcInit = 0xB704CE, CrcPolynomial = 0x1864CFB;

    /// <summary>The packets of all armored blocks of a kind, one after the other; text around the blocks is passed over.</summary>
    /// <param name="text">The text.</param>
    /// <param name="kind">What stands after <c>BEGIN PGP</c>, such as <c>PUBLIC KEY BLOCK</c>.</param>
    /// <returns>The packets; null when there is no block, or a damaged one.</returns>
    public static byte[]? ReadAll(ReadOnlySpan<byte> text, string kind)
    {
        byte[] header = Encoding.ASCII.GetBytes($"-----BEGIN PGP {kind}-----");
        List<byte> packets = [];
        LineReader lines = new(text);
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (!Trim(line).SequenceEqual(header))
                continue;
            if (ReadBody(ref lines, kind) is not { } body)
                return null;
            packets.AddRange(body);
        }
        return packets.Count == 0 ? null : [.. packets];
    }

    /// <summary>Reads a block after its first line.</summary>
    /// <returns>The packets; null when the block is damaged.</returns>
    internal static byte[]? ReadBody(scoped ref LineReader lines, string kind)
    {
        byte[] end = Encoding.ASCII.GetBytes($"-----END PGP {kind}-----");
        StringBuilder base64 = new();
        string? checksum = null;
        bool isBody = false;
        while (lines.TryRead(out ReadOnlySpan<byte> bytes))
        {
            ReadOnlySpan<byte> line = Trim(bytes);
            if (line.SequenceEqual(end))
                return isBody ? Decode(base64.ToString(), checksum) : null;
            if (line.IsEmpty)
            {
                if (isBody)
                    return null;
                isBody = true;
            }
            else if (isBody)
            {
                if (checksum is not null)
                    return null;
                if (line[0] == '=')
                    checksum = Encoding.ASCII.GetString(line[1..]);
                else
                    base64.Append(Encoding.ASCII.GetString(line));
            }
            else if (!line.Contains((byte)':'))
            {
                return null;
            }
        }
        return null;
    }

    private static byte[]? Decode(string base64, string? checksum)
    {
        byte[] result = new byte[base64.Length / 4 * 3];
        if (base64.Length == 0 || !Convert.TryFromBase64String(base64, result, out int length))
            return null;
        result = result[..length];
        return checksum is null || checksum == Convert.ToBase64String(Crc24(result)) ? result : null;
    }

    private static byte[] Crc24(byte[] bytes)
    {
        uint crc = CrcInit;
        foreach (byte value in bytes)
        {
            crc ^= (uint)value << 16;
            for (int bit = 0; bit < 8; bit++)
            {
                crc <<= 1;
                if ((crc & 0x1000000) != 0)
                    crc ^= CrcPolynomial;
            }
        }
        return [(byte)(crc >> 16), (byte)(crc >> 8), (byte)crc];
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line) => line.TrimEnd(" \t\r"u8);
}
