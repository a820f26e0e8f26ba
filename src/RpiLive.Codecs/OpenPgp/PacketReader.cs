using System.Buffers.Binary;

namespace RpiLive.Codecs.OpenPgp;

/// <summary>Takes a run of OpenPGP packets apart by their headers (RFC 9580, 4.2), so that a packet which is not understood spoils no other.</summary>
internal static class PacketReader
{
    public const int Signature = 2, PublicKey = 6, UserId = 13, PublicSubkey = 14;

    private const int MaxPackets = 10_000;

    /// <summary>The packets with their headers; null when a length leads out of the bytes or is of a kind that these packets do not have.</summary>
    public static List<(int Tag, byte[] Packet)>? Split(ReadOnlySpan<byte> bytes)
    {
        List<(int, byte[])> packets = [];
        while (!bytes.IsEmpty)
        {
            if (!TryReadHeader(bytes, out int tag, out int header, out uint body) || body > (uint)(bytes.Length - header) || packets.Count == MaxPackets)
                return null;
            packets.Add((tag, bytes[..(header + (int)body)].ToArray()));
            bytes = bytes[(header + (int)body)..];
        }
        return packets;
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> bytes, out int tag, out int header, out uint body)
    {
        int first = bytes[0];
        bool isNew = (first & 0x40) != 0;
        tag = isNew ? first & 0x3F : (first >> 2) & 0x0F;
        header = 0;
        body = 0;
        return (first & 0x80) != 0 && (isNew ? TryReadNewLength(bytes, out header, out body) : TryReadOldLength(bytes, out header, out body));
    }

    /// <summary>Partial lengths are for data, not for keys and signatures.</summary>
    private static bool TryReadNewLength(ReadOnlySpan<byte> bytes, out int header, out uint body)
    {
        int first = bytes.Length > 1 ? bytes[1] : 0;
        header = first < 192 ? 2 : first < 224 ? 3 : 6;
        body = 0;
        if (bytes.Length < header || first is >= 224 and < 255)
            return false;
        body = header switch
        {
            2 => (uint)first,
            3 => (uint)(((first - 192) << 8) + bytes[2] + 192),
            _ => BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]),
        };
        return true;
    }

    private static bool TryReadOldLength(ReadOnlySpan<byte> bytes, out int header, out uint body)
    {
        int octets = 1 << (bytes[0] & 3);
        header = 1 + octets;
        body = 0;
        if (octets == 8 || bytes.Length < header)
            return false;
        foreach (byte octet in bytes[1..header])
            body = (body << 8) | octet;
        return true;
    }
}
