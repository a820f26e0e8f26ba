using System.Buffers.Binary;
using System.Security.Cryptography;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace RpiLive.Codecs.OpenPgp;

/// <summary>Verifies signatures over bytes, and says what the bytes are that signatures over keys are over (RFC 9580, 5.2.4).</summary>
internal static class SignatureCheck
{
    /// <summary>True when <paramref name="key"/> made the signature over <paramref name="content"/>.</summary>
    /// <remarks>
    /// RSA by the base class library: BouncyCastle tests each time whether the modulus is a prime, which takes 0.2 s for 4,096 bits.
    /// </remarks>
    public static bool Verifies(PgpSignature signature, PgpPublicKey key, byte[] content) => Guarded.IsTrue(() =>
    {
        if (key.PublicKeyPacket.Key is RsaPublicBcpgKey rsa)
            return VerifiesRsa(signature, rsa, content);
        signature.InitVerify(key);
        signature.Update(content);
        return signature.Verify();
    });

    /// <summary>What a signature over a key alone is over.</summary>
    public static byte[] ContentOf(PgpPublicKey key)
    {
        byte[] body = key.PublicKeyPacket.GetEncodedContents();
        byte[] content = new byte[3 + body.Length];
        content[0] = 0x99;
        BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(1), checked((ushort)body.Length));
        body.CopyTo(content, 3);
        return content;
    }

    /// <summary>What a signature that binds a subkey to its primary key, or the other way round, is over.</summary>
    public static byte[] ContentOf(PgpPublicKey primary, PgpPublicKey subkey) => [.. ContentOf(primary), .. ContentOf(subkey)];

    /// <summary>What a signature over a user id is over.</summary>
    public static byte[] ContentOf(PgpPublicKey primary, byte[] userId)
    {
        byte[] header = [0xB4, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(1), userId.Length);
        return [.. ContentOf(primary), .. header, .. userId];
    }

    private static bool VerifiesRsa(PgpSignature signature, RsaPublicBcpgKey key, byte[] content)
    {
        byte[] modulus = key.Modulus.ToByteArrayUnsigned();
        byte[] value = signature.GetSignature();
        if (value.Length > modulus.Length)
            return false;
        byte[] padded = new byte[modulus.Length];
        value.CopyTo(padded, modulus.Length - value.Length);
        using RSA rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = key.PublicExponent.ToByteArrayUnsigned() });
        byte[] signed = [.. content, .. signature.GetSignatureTrailer()];
        return rsa.VerifyData(signed, padded, HashOf(signature), RSASignaturePadding.Pkcs1);
    }

    private static HashAlgorithmName HashOf(PgpSignature signature) => signature.HashAlgorithm switch
    {
        HashAlgorithmTag.Sha1 => HashAlgorithmName.SHA1,
        HashAlgorithmTag.Sha256 => HashAlgorithmName.SHA256,
        HashAlgorithmTag.Sha384 => HashAlgorithmName.SHA384,
        HashAlgorithmTag.Sha512 => HashAlgorithmName.SHA512,
        _ => throw new NotSupportedException($"{signature.HashAlgorithm} is not asked for."),
    };
}
