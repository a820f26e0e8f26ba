using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RpiLive.Core.Imaging.Base;

/// <summary>All that decides the bytes of a base image.</summary>
internal sealed record BaseRecipe
{
    /// <summary>Raised with every change to what is made of the same packages.</summary>
    private const int Version = 1;

    /// <summary>The release of Debian.</summary>
    public required BaseSuite Suite { get; init; }

    /// <summary>What the image is for.</summary>
    public required BaseProfile Profile { get; init; }

    /// <summary>Name of the computer.</summary>
    public required string HostName { get; init; }

    /// <summary>Public keys that may log in as root by SSH, one line each.</summary>
    public required IReadOnlyList<string> AuthorizedKeys { get; init; }

    /// <summary>Where apt gets packages from.</summary>
    public required IReadOnlyList<PackageOrigin> Origins { get; init; }

    /// <summary>Keys that sign the mirrors in place of Debian's, binary or armored; null for Debian's.</summary>
    public byte[]? Keyring { get; init; }

    /// <summary>Where the image keeps the keys that sign its mirrors.</summary>
    public string KeyringPath => Keyring is null ? "/usr/share/keyrings/debian-archive-keyring.gpg"
        : Keyring.AsSpan().StartsWith("-----"u8) ? "/usr/share/keyrings/rpilive.asc" : "/usr/share/keyrings/rpilive.gpg";

    /// <summary>Size of the image in bytes; 0 for what its content needs.</summary>
    public required long Length { get; init; }

    /// <summary>What goes into the root, in order.</summary>
    public required IReadOnlyList<PackageFile> Packages { get; init; }

    /// <summary>The firmware of the Pi, for the boot volume alone.</summary>
    public required PackageFile Firmware { get; init; }

    /// <summary>The 32-bit id of the partition table, never 0.</summary>
    public uint DiskId => BinaryPrimitives.ReadUInt32LittleEndian(Hash) | 1;

    /// <summary>Volume id of the boot volume, never 0.</summary>
    public uint VolumeId => BinaryPrimitives.ReadUInt32LittleEndian(Hash.AsSpan(4)) | 1;

    /// <summary>UUID of the root's file system.</summary>
    public Guid RootId => ToUuid(Hash.AsSpan(8, 16));

    /// <summary>Seed of the hashes of its directories.</summary>
    public Guid HashSeed => ToUuid(SHA256.HashData(Hash).AsSpan(0, 16));

    private byte[] Hash => SHA256.HashData(Encoding.UTF8.GetBytes(Describe()));

    /// <summary>The text of /etc/apt/sources.list.d/debian.sources (sources.list(5)).</summary>
    public string FormatSources() => string.Join('\n', Origins.Select(origin =>
        $"Types: deb\nURIs: {origin.Mirror.AbsoluteUri}\nSuites: {string.Join(' ', origin.Suites)}\nComponents: {string.Join(' ', BaseSuite.Components)}\n" +
        $"Signed-By: {KeyringPath}\n"));

    private string Describe()
    {
        string generator = typeof(BaseRecipe).Assembly.GetName().Version!.ToString(3);
        StringBuilder text = new();
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"rpilive base {generator} {Version}\n{Suite.Codename}\n{Profile.Name}\n{HostName}\n{Length}\n");
        text.Append(Keyring is null ? "" : Convert.ToHexString(SHA256.HashData(Keyring)) + "\n");
        text.AppendJoin('\n', AuthorizedKeys).Append('\n').Append(FormatSources());
        foreach (PackageFile package in Packages.Append(Firmware))
            text.Append(package.Name).Append(' ').Append(package.Version).Append(' ').Append(package.Sha256).Append('\n');
        return text.ToString();
    }

    /// <summary>A UUID of version 8, whose bits are the maker's own (RFC 9562).</summary>
    private static Guid ToUuid(ReadOnlySpan<byte> bytes)
    {
        Span<byte> id = stackalloc byte[16];
        bytes.CopyTo(id);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
