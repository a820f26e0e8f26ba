using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using RpiLive.Codecs.OpenPgp;
using RpiLive.Core.Debian.Archive;
using RpiLive.Core.Errors;
using RpiLive.Tests.Debian.Support;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Archive;

public sealed class SignatureTests : IDisposable
{
    private const string Text = "Origin: Test\n- a dash\nDescription: ä   \n\n end\n";

    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void What_a_trusted_key_signed_is_taken(bool hasSubkey, bool isArmored)
    {
        SigningKeys keys = new(hasSubkey: hasSubkey);
        File.WriteAllBytes(_folder["keys"], isArmored ? [.. "# keys\n"u8, .. new SigningKeys().ExportArmored(), .. keys.ExportArmored()] : keys.Export());
        SignedText signed = Verify(keys.ClearSign(Text));
        Assert.Equal("Origin: Test\n- a dash\nDescription: ä\n\n end\n", Encoding.UTF8.GetString(signed.Text));
        Assert.Equal((keys.Fingerprint, SigningKeys.UserId), (signed.Fingerprint, signed.Signer));
        Assert.InRange(signed.SignedAt, s_now.AddMinutes(-1), s_now.AddMinutes(1));
    }

    [Fact]
    public void One_good_signature_among_others_does()
    {
        SigningKeys keys = Trust(new());
        byte[] good = keys.Sign(Text), unknown = new SigningKeys().Sign(Text), damaged = keys.Sign(Text), cut = [0x88, 1, 4], expired = keys.Sign(Text, s_now.AddYears(-1));
        damaged[^1] ^= 1;
        Assert.Equal(keys.Fingerprint, Verify(SigningKeys.ClearSign(Text, unknown, damaged, cut, expired, good)).Fingerprint);
        ImageException error = Refused(SigningKeys.ClearSign(Text, unknown, damaged, cut, expired));
        Assert.Matches("is unknown; .* did not sign this text; one cannot be read; .*: its key was not valid when it was made", error.Message);
    }

    [Theory]
    [InlineData(HashAlgorithmTag.Sha256, true)]
    [InlineData(HashAlgorithmTag.Sha384, true)]
    [InlineData(HashAlgorithmTag.Sha512, true)]
    [InlineData(HashAlgorithmTag.Sha1, false)]
    [InlineData(HashAlgorithmTag.Sha224, false)]
    public void Weak_hashes_do_not_count(HashAlgorithmTag hash, bool expected)
    {
        SigningKeys keys = Trust(new());
        byte[] file = SigningKeys.ClearSign(Text, keys.Sign(Text, hash: hash));
        if (expected)
            Verify(file);
        else
            Assert.Contains("its hash is", Refused(file).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_over_something_else_than_a_text_does_not_count() =>
        Assert.Contains("none over a text", Refused(SigningKeys.ClearSign(Text, Trust(new()).Sign(Text, type: PgpSignature.BinaryDocument))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_signature_that_has_expired_does_not_count() => Assert.Contains("it has expired",
        Refused(SigningKeys.ClearSign(Text, Trust(new()).Sign(Text, s_now.AddDays(-2), expiresAfter: TimeSpan.FromDays(1)))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_key_counts_for_what_was_signed_while_it_was_valid(bool hasSubkey)
    {
        SigningKeys keys = Trust(new(s_now.AddDays(-20), TimeSpan.FromDays(10), hasSubkey));
        Verify(SigningKeys.ClearSign(Text, keys.Sign(Text, s_now.AddDays(-15))));
        Assert.Contains("not valid when it was made", Refused(SigningKeys.ClearSign(Text, keys.Sign(Text, s_now.AddDays(-5)))).Message, StringComparison.Ordinal);
        Assert.Contains("not valid when it was made", Refused(SigningKeys.ClearSign(Text, keys.Sign(Text, s_now.AddDays(-21)))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "its key is revoked")]
    [InlineData(true, "its subkey is revoked")]
    public void A_revoked_key_counts_for_nothing(bool hasSubkey, string expected)
    {
        SigningKeys keys = new(hasSubkey: hasSubkey);
        byte[] file = keys.ClearSign(Text);
        Trust(keys);
        Verify(file);
        keys.Revoke();
        Trust(keys);
        Assert.Contains(expected, Refused(file).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, true, "its key is not for signing")]
    [InlineData(true, false, true, "its subkey is not for signing")]
    [InlineData(true, true, false, "its subkey is not for signing")]
    public void A_key_that_is_not_for_signing_counts_for_nothing(bool hasSubkey, bool maySign, bool isBoundBack, string expected)
    {
        SigningKeys keys = Trust(new(hasSubkey: hasSubkey, maySign: maySign, isBoundBack: isBoundBack));
        Assert.Contains(expected, Refused(keys.ClearSign(Text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_vouches_for_itself_with_a_weak_hash_counts_for_nothing() =>
        Assert.Contains("no valid signature by itself", Refused(Trust(new(hash: HashAlgorithmTag.Sha1)).ClearSign(Text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_subkey_that_another_key_claims_counts_for_nothing()
    {
        SigningKeys owner = new(hasSubkey: true), thief = new();
        List<byte> ring = [.. thief.Export()];
        foreach ((_, byte[] packet) in PacketReader.Split(owner.Export())!.SkipWhile(packet => packet.Tag != PacketReader.PublicSubkey))
            ring.AddRange(packet);
        File.WriteAllBytes(_folder["keys"], [.. ring]);
        Assert.Contains("not bound to its key", Refused(owner.ClearSign(Text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("before", "does not begin")]
    [InlineData("blank before", "does not begin")]
    [InlineData("after", "after the signatures")]
    [InlineData("second", "after the signatures")]
    [InlineData("header", "header other than Hash")]
    [InlineData("text before blank", "header other than Hash")]
    [InlineData("dash", "dash that is not escaped")]
    [InlineData("carriage return", "carriage return")]
    [InlineData("zero", "a zero")]
    [InlineData("line", "did not sign this text")]
    [InlineData("checksum", "signatures are damaged")]
    [InlineData("no end", "signatures are damaged")]
    [InlineData("no signature", "cut short")]
    [InlineData("empty", "does not begin")]
    public void A_file_that_is_more_or_less_than_a_signed_text_is_refused(string how, string expected)
    {
        string file = Encoding.UTF8.GetString(Trust(new()).ClearSign(Text));
        string changed = how switch
        {
            "before" => "Codename: evil\n" + file,
            "blank before" => "\n" + file,
            "after" => file + "Codename: evil\n",
            "second" => file + file,
            "header" => file.Replace("Hash: SHA512", "Hash: SHA512\nComment: x", StringComparison.Ordinal),
            "text before blank" => file.Replace("Hash: SHA512\n", "Hash: SHA512\n Codename: evil\n", StringComparison.Ordinal),
            "dash" => file.Replace("- - a dash", "- a dash\n-x", StringComparison.Ordinal),
            "carriage return" => file.Replace("Origin: Test", "Origin:\rTest", StringComparison.Ordinal),
            "zero" => file.Replace("Origin: Test", "Origin:\0Test", StringComparison.Ordinal),
            "line" => file.Replace("Origin: Test", "Origin: Test\nCodename: evil", StringComparison.Ordinal),
            "checksum" => file.Replace("-----END PGP SIGNATURE", "=AAAA\n-----END PGP SIGNATURE", StringComparison.Ordinal),
            "no end" => file.Replace("-----END PGP SIGNATURE-----\n", "", StringComparison.Ordinal),
            "no signature" => file[..file.IndexOf("-----BEGIN PGP SIGNATURE", StringComparison.Ordinal)],
            _ => "",
        };
        Assert.Contains(expected, Refused(Encoding.UTF8.GetBytes(changed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_ends_and_blanks_at_them_make_no_difference()
    {
        string file = Encoding.UTF8.GetString(Trust(new()).ClearSign(Text));
        string other = file.Replace("\n", " \t\r\n", StringComparison.Ordinal).Replace("Hash: SHA512 \t", "Hash: SHA512", StringComparison.Ordinal);
        Assert.Equal(Verify(Encoding.UTF8.GetBytes(file)).Text, Verify(Encoding.UTF8.GetBytes(other)).Text);
    }

    [Fact]
    public void Whatever_byte_of_a_signature_is_changed_it_is_refused_and_nothing_else_happens()
    {
        SigningKeys keys = Trust(new());
        byte[] signature = keys.Sign(Text);
        int taken = 0;
        for (int i = 0; i < signature.Length; i++)
        {
            foreach (byte value in (byte[])[0, 0xFF, (byte)(signature[i] ^ 1)])
            {
                byte[] changed = (byte[])signature.Clone();
                changed[i] = value;
                if (changed.AsSpan().SequenceEqual(signature))
                    continue;
                try
                {
                    Verify(SigningKeys.ClearSign(Text, changed));
                    taken++;
                }
                catch (ImageException e)
                {
                    Assert.Equal(ErrorIds.SignatureInvalid, e.ErrorId);
                }
            }
        }

        // Not signed are the first two bytes of the digest and the type of the hint at the key: twelve changes at most.
        Assert.InRange(taken, 0, 12);
    }

    [Theory]
    [InlineData("missing", "cannot be read")]
    [InlineData("text", "no OpenPGP public key")]
    [InlineData("empty", "no OpenPGP public key")]
    [InlineData("cut", "packets are damaged")]
    [InlineData("no key", "no OpenPGP public key")]
    public void A_keyring_that_is_none_is_told(string how, string expected)
    {
        byte[] ring = new SigningKeys().Export();
        byte[]? content = how switch
        {
            "text" => "hello\n"u8.ToArray(),
            "empty" => [],
            "cut" => ring[..^5],
            "no key" => new SigningKeys().Sign(Text),
            _ => null,
        };
        if (content is not null)
            File.WriteAllBytes(_folder["keys"], content);
        ImageException error = Assert.Throws<ImageException>(() => Verify(new SigningKeys().ClearSign(Text)));
        Assert.Equal(ErrorIds.KeyringUnusable, error.ErrorId);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder["keys"], error.Message, StringComparison.Ordinal);
    }

    private SigningKeys Trust(SigningKeys keys)
    {
        File.WriteAllBytes(_folder["keys"], keys.Export());
        return keys;
    }

    private SignedText Verify(byte[] file) => new OpenPgpSignatures([_folder["keys"]]).Verify(file, "test");

    private ImageException Refused(byte[] file)
    {
        ImageException error = Assert.Throws<ImageException>(() => Verify(file));
        Assert.Equal(ErrorIds.SignatureInvalid, error.ErrorId);
        return error;
    }
}
