using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace RpiLive.Codecs.OpenPgp;

/// <summary>What is asked of a signature besides that it verifies.</summary>
internal static class SignaturePolicy
{
    private const int MinRsaBits = 2048;

    /// <summary>Parts of a signature that may be marked critical: all that are heeded here, and those that bind nobody.</summary>
    private static readonly HashSet<SignatureSubpacketTag> s_understood =
    [
        SignatureSubpacketTag.CreationTime, SignatureSubpacketTag.ExpireTime, SignatureSubpacketTag.KeyExpireTime, SignatureSubpacketTag.KeyFlags,
        SignatureSubpacketTag.IssuerKeyId, SignatureSubpacketTag.IssuerFingerprint, SignatureSubpacketTag.EmbeddedSignature,
        SignatureSubpacketTag.PrimaryUserId, SignatureSubpacketTag.RevocationReason, SignatureSubpacketTag.Features,
        SignatureSubpacketTag.PreferredHashAlgorithms, SignatureSubpacketTag.PreferredSymmetricAlgorithms,
        SignatureSubpacketTag.PreferredCompressionAlgorithms, SignatureSubpacketTag.SignerUserId, SignatureSubpacketTag.PolicyUrl,
    ];

    /// <summary>Why a signature is not to be looked at; null when nothing is wrong with its form.</summary>
    public static string? Objection(PgpSignature signature)
    {
        if (signature.Version != 4)
            return $"it is of version {signature.Version}";
        if (signature.HashAlgorithm is not (HashAlgorithmTag.Sha256 or HashAlgorithmTag.Sha384 or HashAlgorithmTag.Sha512))
            return $"its hash is {signature.HashAlgorithm}";
        if (signature.GetHashedSubPackets() is not { } parts || !parts.HasSubpacket(SignatureSubpacketTag.CreationTime))
            return "it does not say when it was made";
        return Array.Find(parts.GetCriticalTags(), tag => !s_understood.Contains(tag)) is var unknown and not 0
            ? $"it has a critical part of the unknown type {(int)unknown}"
            : null;
    }

    /// <summary>Why a key is too weak; null when it is not.</summary>
    public static string? Objection(PgpPublicKey key) => key.Algorithm switch
    {
        PublicKeyAlgorithmTag.RsaGeneral or PublicKeyAlgorithmTag.RsaSign when key.BitStrength >= MinRsaBits => null,
        PublicKeyAlgorithmTag.ECDsa or PublicKeyAlgorithmTag.EdDsa_Legacy or PublicKeyAlgorithmTag.Ed25519 or PublicKeyAlgorithmTag.Ed448 => null,
        _ => $"its key is {key.Algorithm} with {key.BitStrength} bits",
    };
}
