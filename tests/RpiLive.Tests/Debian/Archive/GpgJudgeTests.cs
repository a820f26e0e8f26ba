using System.Text;
using RpiLive.Codecs.OpenPgp;
using RpiLive.Core.Errors;
using RpiLive.Tests.Debian.Support;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Archive;

/// <summary>GnuPG makes and judges the same signatures.</summary>
public sealed class GpgJudgeTests : IDisposable
{
    private const string Text = "Origin: Test\n- a dash\nDescription: ä   \n\n end\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        if (Directory.Exists(_folder["home"]))
            Tools.TryRun("gpgconf", "--homedir", _folder["home"], "--kill", "all");
        _folder.Dispose();
    }

    [Theory]
    [InlineData("good", true)]
    [InlineData("subkey", true)]
    [InlineData("two", true)]
    [InlineData("unknown", false)]
    [InlineData("tampered", false)]
    [InlineData("signature tampered", false)]
    [InlineData("checksum", false)]
    public void What_gpgv_says_of_our_signatures_we_say(string how, bool expected)
    {
        Tools.Require("gpgv");
        SigningKeys keys = new(hasSubkey: how == "subkey"), other = new();
        byte[] signature = keys.Sign(Text);
        if (how == "signature tampered")
            signature[^1] ^= 1;
        byte[] file = how switch
        {
            "two" => SigningKeys.ClearSign(Text, signature, keys.Sign(Text)),
            "unknown" => other.ClearSign(Text),
            _ => SigningKeys.ClearSign(Text, signature),
        };
        string text = Encoding.UTF8.GetString(file);
        if (how == "tampered")
            text = text.Replace("Origin: Test", "Origin: Best", StringComparison.Ordinal);
        if (how == "checksum")
            text = text.Replace("-----END PGP SIGNATURE", "=AAAA\n-----END PGP SIGNATURE", StringComparison.Ordinal);
        File.WriteAllText(_folder["file"], text);
        File.WriteAllBytes(_folder["keys"], keys.Export());
        Assert.Equal(expected, Tools.TryRun("gpgv", "--homedir", _folder.Path, "--keyring", _folder["keys"], _folder["file"]).ExitCode == 0);
        Assert.Equal(expected, IsTaken());
    }

    [Theory]
    [InlineData("rsa2048", true)]
    [InlineData("rsa1024", false)]
    [InlineData("ed25519", true)]
    [InlineData("nistp256", true)]
    [InlineData("dsa2048", false)]
    public void Keys_and_signatures_of_gpg_are_taken_where_they_are_strong(string algorithm, bool expected)
    {
        Tools.Require("gpg");
        Gpg("--quick-generate-key", "test@example.org", algorithm, "sign", "never");
        ClearSign();
        Assert.Equal(expected, IsTaken());
    }

    [Fact]
    public void A_key_that_gpg_revoked_counts_for_nothing()
    {
        Tools.Require("gpg", "sed");
        Gpg("--quick-generate-key", "test@example.org", "ed25519", "sign", "never");
        ClearSign();
        Assert.True(IsTaken());

        // The colon keeps a revocation from being imported by mistake.
        Tools.Shell($"sed 's/^:---/---/' '{_folder["home"]}'/openpgp-revocs.d/*.rev > '{_folder["revocation"]}'");
        Gpg("--import", _folder["revocation"]);
        Gpg("--output", _folder["keys"], "--export");
        Assert.False(IsTaken());
    }

    [Fact]
    public void A_subkey_of_gpg_with_its_primary_key_away_is_taken()
    {
        Tools.Require("gpg");
        Gpg("--quick-generate-key", "test@example.org", "rsa2048", "cert", "never");
        string fingerprint = Gpg("--with-colons", "--list-keys").Split('\n').First(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];
        Gpg("--quick-add-key", fingerprint, "rsa2048", "sign", "never");
        ClearSign();
        Assert.True(IsTaken());
    }

    [Fact]
    public void The_embedded_keys_are_what_gpg_reads_and_what_their_file_says()
    {
        Tools.Require("gpg");
        using Stream embedded = typeof(OpenPgpSignatures).Assembly.GetManifestResourceStream("debian-archive.asc")!;
        string text = new StreamReader(embedded).ReadToEnd();
        File.WriteAllText(_folder["keys.asc"], text);
        Directory.CreateDirectory(_folder["home"]);
        string[] listed = [.. Tools.Run("gpg", "--homedir", _folder["home"], "--batch", "--with-colons", "--show-keys", _folder["keys.asc"]).Split('\n')];
        string[] primary = [.. listed.Zip(listed.Skip(1)).Where(pair => pair.First.StartsWith("pub:", StringComparison.Ordinal)).Select(pair => pair.Second.Split(':')[9])];
        Assert.Equal(6, primary.Length);
        Assert.All(primary, fingerprint => Assert.Contains(fingerprint, text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.Equal(primary.Order(StringComparer.Ordinal),
            new TrustedKeys([]).Rings.Select(ring => Convert.ToHexString(ring.GetPublicKey().GetFingerprint())).Order(StringComparer.Ordinal));
    }

    private void ClearSign()
    {
        File.WriteAllText(_folder["text"], Text);
        Gpg("--digest-algo", "SHA256", "--output", _folder["file"], "--clearsign", _folder["text"]);
        Gpg("--output", _folder["keys"], "--export");
    }

    private string Gpg(params string[] arguments)
    {
        if (!Directory.Exists(_folder["home"]))
            Tools.Run("mkdir", "-m", "700", _folder["home"]);
        return Tools.Run("gpg", ["--homedir", _folder["home"], "--batch", "--yes", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", .. arguments]);
    }

    private bool IsTaken()
    {
        try
        {
            new OpenPgpSignatures([_folder["keys"]]).Verify(File.ReadAllBytes(_folder["file"]), "test");
            return true;
        }
        catch (ImageException e)
        {
            Assert.Equal(ErrorIds.SignatureInvalid, e.ErrorId);
            return false;
        }
    }
}
