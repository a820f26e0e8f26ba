using Org.BouncyCastle.Bcpg.OpenPgp;
using RpiLive.Core.Debian.Archive;
using RpiLive.Core.Errors;

namespace RpiLive.Codecs.OpenPgp;

/// <summary>Keys whose signatures count: those of Debian that are embedded, and those of further keyrings.</summary>
internal sealed class TrustedKeys
{
    private const string Embedded = "debian-archive.asc";
    private const string Kind = "PUBLIC KEY BLOCK";
    private const long MaxKeyringLength = 16 << 20;

    private readonly List<PgpPublicKeyRing> _rings = [];

    /// <param name="keyrings">Full paths of further keyrings.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.KeyringUnusable"/>.</exception>
    public TrustedKeys(IReadOnlyList<string> keyrings)
    {
        using Stream embedded = typeof(TrustedKeys).Assembly.GetManifestResourceStream(Embedded)!;
        byte[] bytes = new byte[embedded.Length];
        embedded.ReadExactly(bytes);
        Add(bytes, Embedded);
        foreach (string path in keyrings)
            Add(Read(path), path);
    }

    /// <summary>All rings.</summary>
    public IReadOnlyList<PgpPublicKeyRing> Rings => _rings;

    /// <summary>The keys of an id: one, unless somebody has gone to great lengths.</summary>
    public IEnumerable<SigningKey> Find(long keyId) =>
        from ring in _rings
        let key = ring.GetPublicKey(keyId)
        where key is not null
        select new SigningKey(ring.GetPublicKey(), key);

    private static byte[] Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxKeyringLength)
                throw Unusable(path, $"it has more than the {MaxKeyringLength:N0} bytes that a keyring may have");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Unusable(path, $"it cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static ImageException Unusable(string path, string what, Exception? inner = null) => new(
        ErrorIds.KeyringUnusable, ImageErrorKind.Unreadable, $"{path}: {what}.",
        "Give the public keys as 'gpg --export' writes them, with or without --armor.", inner);

    private void Add(byte[] bytes, string name)
    {
        byte[] packets = bytes.Length > 0 && (bytes[0] & 0x80) != 0 ? bytes : Armor.ReadAll(bytes, Kind) ?? throw Unusable(name, "it holds no OpenPGP public key");
        int before = _rings.Count;
        List<byte> ring = [];
        foreach ((int tag, byte[] packet) in PacketReader.Split(packets) ?? throw Unusable(name, "its OpenPGP packets are damaged"))
        {
            if (tag == PacketReader.PublicKey)
                AddRing(ring);
            if (tag == PacketReader.PublicKey || (ring.Count > 0 && tag is PacketReader.Signature or PacketReader.UserId or PacketReader.PublicSubkey))
                ring.AddRange(packet);
        }
        AddRing(ring);
        if (_rings.Count == before)
            throw Unusable(name, "it holds no OpenPGP public key that is understood");
    }

    /// <summary>A key of a kind that the library does not know is passed over, as GnuPG does.</summary>
    private void AddRing(List<byte> packets)
    {
        if (packets.Count == 0)
            return;
        if (Guarded.Try(() => new PgpPublicKeyRing([.. packets])) is { } ring)
            _rings.Add(ring);
        packets.Clear();
    }
}
