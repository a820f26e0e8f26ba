using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace RpiLive.Tests.Debian.Support;

/// <summary>A key for the Release files of a test, as an archive has it: a primary key and, if wanted, a subkey that signs.</summary>
internal sealed class SigningKeys
{
    public const string UserId = "Test Archive <archive@example.org>";

    private const int CanCertify = 1, CanSign = 2, CanEncrypt = 12;

    private readonly PgpKeyPair _primary;
    private readonly PgpKeyPair? _subkey;

    /// <param name="created">When the keys were made; a week ago by default.</param>
    /// <param name="validFor">How long they are valid; for ever by default.</param>
    /// <param name="hasSubkey">True for a subkey that signs; the primary key then only certifies.</param>
    /// <param name="maySign">False for keys that are for encryption.</param>
    /// <param name="isBoundBack">False for a subkey that does not sign for its primary key.</param>
    /// <param name="hash">Hash of the signatures of the key over itself.</param>
    public SigningKeys(
        DateTimeOffset? created = null, TimeSpan? validFor = null, bool hasSubkey = false, bool maySign = true, bool isBoundBack = true,
        HashAlgorithmTag hash = HashAlgorithmTag.Sha256)
    {
        Created = created ?? DateTimeOffset.UtcNow.AddDays(-7);
        _primary = NewPair();
        PgpSignatureSubpacketVector self = Parts(hasSubkey ? CanCertify : maySign ? CanCertify | CanSign : CanEncrypt, validFor, null);
        PgpKeyRingGenerator ring = new(PgpSignature.PositiveCertification, _primary, UserId, SymmetricKeyAlgorithmTag.Null, hash, false, (char[])[], false,
            self, null, new SecureRandom());
        if (hasSubkey)
        {
            _subkey = NewPair();
            ring.AddSubKey(_subkey, Parts(maySign ? CanSign : CanEncrypt, validFor, isBoundBack ? BackSignature() : null), null, hash);
        }
        Ring = ring.GeneratePublicKeyRing();
    }

    public DateTimeOffset Created { get; }

    /// <summary>The public keys.</summary>
    public PgpPublicKeyRing Ring { get; private set; }

    /// <summary>Fingerprint of the key that signs, in upper-case hex.</summary>
    public string Fingerprint => Convert.ToHexString((_subkey ?? _primary).PublicKey.GetFingerprint());

    private PgpKeyPair Signer => _subkey ?? _primary;

    /// <summary>The public keys as <c>gpg --export</c> writes them.</summary>
    public byte[] Export() => Ring.GetEncoded();

    /// <summary>The public keys as <c>gpg --export --armor</c> writes them.</summary>
    public byte[] ExportArmored() => Armored("PUBLIC KEY BLOCK", Export());

    /// <summary>Revokes the key that signs.</summary>
    public void Revoke()
    {
        PgpSignatureGenerator generator = new(_primary.PublicKey.Algorithm, HashAlgorithmTag.Sha256);
        generator.InitSign(_subkey is null ? PgpSignature.KeyRevocation : PgpSignature.SubkeyRevocation, _primary.PrivateKey);
        PgpSignatureSubpacketGenerator parts = new();
        parts.SetSignatureCreationTime(false, DateTime.UtcNow);
        parts.SetRevocationReason(false, RevocationReasonTag.KeyCompromised, "");
        generator.SetHashedSubpackets(parts.Generate());
        PgpPublicKey key = Ring.GetPublicKey(Signer.KeyId);
        PgpSignature revocation = _subkey is null
            ? generator.GenerateCertification(key)
            : generator.GenerateCertification(_primary.PublicKey, key);
        Ring = PgpPublicKeyRing.InsertPublicKey(Ring, PgpPublicKey.AddCertification(key, revocation));
    }

    /// <summary>Signs a text of lines that end with a line feed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="time">When it is said to be signed; now by default.</param>
    /// <param name="hash">The hash.</param>
    /// <param name="type">The type of the signature; over a text by default.</param>
    /// <param name="expiresAfter">When the signature itself expires; never by default.</param>
    /// <returns>The packet.</returns>
    public byte[] Sign(
        string text, DateTimeOffset? time = null, HashAlgorithmTag hash = HashAlgorithmTag.Sha512, int type = PgpSignature.CanonicalTextDocument,
        TimeSpan? expiresAfter = null)
    {
        PgpSignatureGenerator generator = new(Signer.PublicKey.Algorithm, hash);
        generator.InitSign(type, Signer.PrivateKey);
        PgpSignatureSubpacketGenerator parts = new();
        parts.SetSignatureCreationTime(false, (time ?? DateTimeOffset.UtcNow).UtcDateTime);
        parts.SetIssuerFingerprint(false, Signer.PublicKey);
        if (expiresAfter is { } limit)
            parts.SetSignatureExpirationTime(false, (long)limit.TotalSeconds);
        generator.SetHashedSubpackets(parts.Generate());
        PgpSignatureSubpacketGenerator hints = new();
        hints.SetIssuerKeyID(false, Signer.KeyId);
        generator.SetUnhashedSubpackets(hints.Generate());
        string[] lines = text.TrimEnd('\n').Split('\n');
        generator.Update(Encoding.UTF8.GetBytes(string.Join("\r\n", lines.Select(line => line.TrimEnd(' ', '\t')))));
        return generator.Generate().GetEncoded();
    }

    /// <summary>A text with signatures, as <c>gpg --clearsign</c> writes it.</summary>
    public static byte[] ClearSign(string text, params byte[][] signatures) => Encoding.UTF8.GetBytes(
        $"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{string.Concat(text.TrimEnd('\n').Split('\n').Select(line => (line.StartsWith('-') ? "- " : "") + line + "\n"))}"
        + Encoding.ASCII.GetString(Armored("SIGNATURE", [.. signatures.SelectMany(bytes => bytes)])));

    /// <summary>A text that this key signs.</summary>
    public byte[] ClearSign(string text) => ClearSign(text, Sign(text));

    private static byte[] Armored(string kind, byte[] packets)
    {
        string base64 = string.Join('\n', Convert.ToBase64String(packets).Chunk(64).Select(chunk => new string(chunk)));
        return Encoding.ASCII.GetBytes($"-----BEGIN PGP {kind}-----\n\n{base64}\n-----END PGP {kind}-----\n");
    }

    private PgpKeyPair NewPair()
    {
        Ed25519KeyPairGenerator generator = new();
        generator.Init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        AsymmetricCipherKeyPair pair = generator.GenerateKeyPair();
        return new PgpKeyPair(PublicKeyAlgorithmTag.EdDsa_Legacy, pair, Created.UtcDateTime);
    }

    private PgpSignatureSubpacketVector Parts(int flags, TimeSpan? validFor, PgpSignature? embedded)
    {
        PgpSignatureSubpacketGenerator parts = new();
        parts.SetSignatureCreationTime(false, Created.UtcDateTime);
        parts.SetKeyFlags(true, flags);
        if (validFor is { } limit)
            parts.SetKeyExpirationTime(false, (long)limit.TotalSeconds);
        if (embedded is not null)
            parts.AddEmbeddedSignature(false, embedded);
        return parts.Generate();
    }

    private PgpSignature BackSignature()
    {
        PgpSignatureGenerator generator = new(_subkey!.PublicKey.Algorithm, HashAlgorithmTag.Sha256);
        generator.InitSign(PgpSignature.PrimaryKeyBinding, _subkey.PrivateKey);
        PgpSignatureSubpacketGenerator parts = new();
        parts.SetSignatureCreationTime(false, Created.UtcDateTime);
        generator.SetHashedSubpackets(parts.Generate());
        return generator.GenerateCertification(_primary.PublicKey, _subkey.PublicKey);
    }
}
