using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace RpiLive.Codecs.OpenPgp;

/// <summary>
/// A key that may have signed, with the primary key that it belongs to. Revokers that a key names are not heeded, as their
/// revocations come by ways that are not asked here.
/// </summary>
internal sealed class SigningKey(PgpPublicKey primary, PgpPublicKey key)
{
    private const int CanSign = 0x02;

    /// <summary>The key itself.</summary>
    public PgpPublicKey Key => key;

    public string Fingerprint => Convert.ToHexString(key.GetFingerprint());

    public string UserId => primary.GetUserIds().FirstOrDefault() ?? "";

    /// <summary>Why the key could not sign at a time; null when it could.</summary>
    public string? Objection(DateTime time)
    {
        if (SignaturePolicy.Objection(primary) is { } weak)
            return weak;
        if (IsRevoked(primary, PgpSignature.KeyRevocation, SignatureCheck.ContentOf(primary)))
            return "its key is revoked";
        if (LatestSelfSignature() is not { } self)
            return "its key has no valid signature by itself";
        if (!IsAlive(primary, self, time))
            return "its key was not valid when it was made";
        if (key.IsMasterKey)
            return MaySign(self) ? null : "its key is not for signing";
        return ObjectionToSubkey(time);
    }

    private string? ObjectionToSubkey(DateTime time)
    {
        byte[] content = SignatureCheck.ContentOf(primary, key);
        if (SignaturePolicy.Objection(key) is { } weak)
            return weak;
        if (IsRevoked(key, PgpSignature.SubkeyRevocation, content))
            return "its subkey is revoked";
        if (Latest(key.GetKeySignatures().Where(signature => signature.SignatureType == PgpSignature.SubkeyBinding), content) is not { } binding)
            return "its subkey is not bound to its key";
        if (!IsAlive(key, binding, time))
            return "its subkey was not valid when it was made";
        return MaySign(binding) && IsBoundBack(binding, content) ? null : "its subkey is not for signing";
    }

    /// <summary>The newest signature of the primary key over itself or one of its user ids: that is the one that holds.</summary>
    private PgpSignature? LatestSelfSignature()
    {
        IEnumerable<PgpSignature?> ofIds = primary.GetRawUserIds().Select(id => Latest(
            primary.GetSignaturesForId(id).Where(signature => signature.IsCertification() || signature.SignatureType == PgpSignature.CertificationRevocation),
            SignatureCheck.ContentOf(primary, id)));
        PgpSignature? direct = Latest(
            primary.GetKeySignatures().Where(signature => signature.SignatureType == PgpSignature.DirectKey), SignatureCheck.ContentOf(primary));
        return ofIds.Where(signature => signature?.IsCertification() == true).Append(direct).MaxBy(signature => signature?.CreationTime);
    }

    /// <summary>A subkey that signs has to sign for its primary key (RFC 9580, 5.2.1.9), so that nobody binds a key of others to his own.</summary>
    private bool IsBoundBack(PgpSignature binding, byte[] content) => Embedded(binding.GetHashedSubPackets()).Concat(Embedded(binding.GetUnhashedSubPackets()))
        .Any(signature => signature.SignatureType == PgpSignature.PrimaryKeyBinding && SignaturePolicy.Objection(signature) is null
            && SignatureCheck.Verifies(signature, key, content));

    private static IEnumerable<PgpSignature> Embedded(PgpSignatureSubpacketVector? parts)
    {
        if (parts is null || !parts.HasSubpacket(SignatureSubpacketTag.EmbeddedSignature))
            return [];
        PgpSignatureList list = parts.GetEmbeddedSignatures();
        return Enumerable.Range(0, list.Count).Select(i => list[i]);
    }

    /// <summary>A revocation counts for ever and whatever its hash: to heed too many does no harm.</summary>
    private bool IsRevoked(PgpPublicKey of, int type, byte[] content) => of.GetKeySignatures()
        .Any(signature => signature.SignatureType == type && SignatureCheck.Verifies(signature, primary, content));

    /// <summary>The newest of the signatures that the primary key made.</summary>
    private PgpSignature? Latest(IEnumerable<PgpSignature> signatures, byte[] content) => signatures
        .Where(signature => signature.KeyId == primary.KeyId && SignaturePolicy.Objection(signature) is null)
        .OrderByDescending(signature => signature.CreationTime)
        .FirstOrDefault(signature => SignatureCheck.Verifies(signature, primary, content));

    private static bool IsAlive(PgpPublicKey key, PgpSignature self, DateTime time)
    {
        long seconds = self.GetHashedSubPackets().GetKeyExpirationTime();
        return time >= key.CreationTime && (seconds <= 0 || time < key.CreationTime.AddSeconds(seconds));
    }

    /// <summary>A primary key without flags is for everything that its algorithm can do.</summary>
    private static bool MaySign(PgpSignature self)
    {
        PgpSignatureSubpacketVector parts = self.GetHashedSubPackets();
        return !parts.HasSubpacket(SignatureSubpacketTag.KeyFlags) || (parts.GetKeyFlags() & CanSign) != 0;
    }
}
