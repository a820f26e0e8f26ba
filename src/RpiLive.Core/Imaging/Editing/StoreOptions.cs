using System.Security.Cryptography;
using System.Text;
using RpiLive.Core.Ext4.Making;

namespace RpiLive.Core.Imaging.Editing;

/// <summary>How the file systems of stores on the card are made: everything follows from the image, so the same work gives the same bytes.</summary>
internal static class StoreOptions
{
    /// <summary>Lengths of stores are whole multiples of this: 1 MiB.</summary>
    public const long Unit = 1 << 20;

    /// <summary>The options for one of the stores.</summary>
    /// <param name="kind">A word for the store, so that the two of an image have different ids.</param>
    /// <param name="diskId">Id of the partition table.</param>
    /// <param name="content">What the image is.</param>
    public static Ext4Options For(string kind, uint diskId, LiveContent content)
    {
        string seed = string.Create(null, stackalloc char[256], $"rpilive store {kind} {diskId:x8} {content.Document.Root.Sha256}");
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(seed));
        return new()
        {
            Id = ToId(hash.AsSpan(0, 16)),
            HashSeed = ToId(hash.AsSpan(16, 16)),
            Timestamp = content.Timestamp,
            Label = LiveLayout.StoreLabel,

            // No system runs on it that must go on when it is full.
            ReservedPercent = 0,
        };
    }

    /// <summary>The length rounded up to whole units.</summary>
    public static long RoundUp(long length) => (length + Unit - 1) / Unit * Unit;

    /// <summary>An id of version 8 (RFC 9562): its bits are the maker's own.</summary>
    private static Guid ToId(Span<byte> bytes)
    {
        bytes[6] = (byte)(bytes[6] & 0x0F | 0x80);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new(bytes, bigEndian: true);
    }
}
