using Org.BouncyCastle.Bcpg.OpenPgp;
using RpiLive.Core.Debian.Archive;
using RpiLive.Core.Errors;

namespace RpiLive.Codecs.OpenPgp;

/// <summary>
/// OpenPGP by BouncyCastle and, for RSA, the base class library. BouncyCastle loads with the first signature. Signatures count that are of version 4, of SHA-256, SHA-384 or SHA-512, by a
/// key that is RSA of 2,048 bits or more, ECDSA or EdDSA, was valid when they were made and is not revoked.
/// </summary>
/// <param name="keyrings">Full paths of keyrings, binary or armored, that are trusted besides the keys of Debian; null for none.</param>
/// <param name="clock">Tells whether a signature has expired; null for the clock of the system.</param>
public sealed class OpenPgpSignatures(IReadOnlyList<string>? keyrings = null, TimeProvider? clock = null) : IReleaseSignatures
{
    /// <summary>Debian's have three at most; each costs the work of a verification.</summary>
    private const int MaxSignatures = 16;

    private readonly Lazy<TrustedKeys> _trusted = new(() => new TrustedKeys(keyrings ?? []), LazyThreadSafetyMode.PublicationOnly);

    /// <inheritdoc/>
    public SignedText Verify(ReadOnlyMemory<byte> file, string name)
    {
        ClearSigned signed = ClearSigned.Read(file.Span, name);
        TrustedKeys trusted = _trusted.Value;
        if (PacketReader.Split(signed.Signatures) is not { Count: > 0 and <= MaxSignatures } packets)
            throw ReleaseErrors.Distrusted(name, "its signatures are damaged");
        List<string> objections = [];
        foreach ((int tag, byte[] packet) in packets)
        {
            if (tag != PacketReader.Signature)
                throw ReleaseErrors.Distrusted(name, "there is something else among its signatures");
            if (Guarded.Try(() => ReadSignature(packet)) is not { } signature)
                objections.Add("one cannot be read");
            else if (Guarded.Try(() => Judge(signature, signed, trusted, objections)) is { } good)
                return good;
        }
        throw ReleaseErrors.Distrusted(name, $"no signature by a trusted key: {string.Join("; ", objections)}");
    }

    private static PgpSignature? ReadSignature(byte[] packet) =>
        new PgpObjectFactory(packet).NextPgpObject() is PgpSignatureList { Count: 1 } list ? list[0] : null;

    /// <summary>The text, when the signature is good; else null and one objection more.</summary>
    private SignedText? Judge(PgpSignature signature, ClearSigned signed, TrustedKeys trusted, List<string> objections)
    {
        string id = signature.KeyId.ToString("X16", System.Globalization.CultureInfo.InvariantCulture);
        int before = objections.Count;
        objections.Add($"{id} cannot be verified");
        if ((FormOf(signature) ?? SignaturePolicy.Objection(signature)) is { } form)
        {
            objections[before] = $"{id}: {form}";
            return null;
        }
        objections[before] = $"{id} is unknown";
        foreach (SigningKey key in trusted.Find(signature.KeyId))
        {
            objections[before] = $"{id} cannot be verified";
            if (key.Objection(signature.CreationTime) is { } objection)
            {
                objections[before] = $"{id}: {objection}";
                continue;
            }
            if (SignatureCheck.Verifies(signature, key.Key, signed.SignedBytes))
                return new SignedText(signed.Text, key.Fingerprint, key.UserId, new DateTimeOffset(signature.CreationTime, TimeSpan.Zero));
            objections[before] = $"{id} did not sign this text";
        }
        return null;
    }

    private string? FormOf(PgpSignature signature)
    {
        if (signature.SignatureType != PgpSignature.CanonicalTextDocument)
            return "it is none over a text";
        long seconds = signature.GetHashedSubPackets()?.GetSignatureExpirationTime() ?? 0;
        return seconds > 0 && signature.CreationTime.AddSeconds(seconds) < (clock ?? TimeProvider.System).GetUtcNow().UtcDateTime ? "it has expired" : null;
    }
}
