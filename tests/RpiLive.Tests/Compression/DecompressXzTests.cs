using RpiLive.Codecs;
using RpiLive.Core.Errors;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Compression;

public sealed class DecompressXzTests
{
    private readonly ThirdPartyCodecs _codecs = new();

    [Theory]
    [InlineData("")]
    [InlineData("--check=none")]
    [InlineData("--check=crc32 --lzma2=dict=1MiB")]
    [InlineData("--check=sha256 -9e")]
    [InlineData("--block-size=50000")]
    [InlineData("-T2 --block-size=50000")]
    public void What_xz_packs_comes_back(string options)
    {
        Tools.Require("xz");
        using TemporaryFolder folder = new();
        byte[] content = Content();
        File.WriteAllBytes(folder["x"], content);
        Tools.Shell($"xz -k {options} '{folder["x"]}'");
        Assert.Equal(content, _codecs.DecompressXz(File.ReadAllBytes(folder["x.xz"]), content.Length));
    }

    [Fact]
    public void Concatenated_streams_and_padding_are_all_unpacked()
    {
        byte[] one = Pack("one "u8, ""), two = Pack("two "u8, "--check=crc32"), empty = Pack([], "");
        Assert.Equal("one two one "u8.ToArray(), _codecs.DecompressXz([.. one, .. two, .. new byte[8], .. empty, .. one, .. new byte[4]], 100));
        Assert.Equal([], _codecs.DecompressXz(empty, 0));
    }

    [Fact]
    public void Anything_behind_a_stream_is_refused()
    {
        byte[] one = Pack("one "u8, "");
        Refused([.. one, 0]);
        Refused([.. one, 0, 0, 0, 1]);
        Refused([.. one, .. "rubbish"u8]);
        Refused([.. one, .. one[..20]]);
        Refused([]);
    }

    [Fact]
    public void More_than_the_limit_is_refused()
    {
        byte[] packed = Pack(new byte[100000], "");
        Assert.Equal(100000, _codecs.DecompressXz(packed, 100000).Length);
        Assert.Contains("99,999", Assert.Throws<ImageException>(() => _codecs.DecompressXz(packed, 99999)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_branch_filter_is_refused_by_name()
    {
        ImageException e = Assert.Throws<ImageException>(() => _codecs.DecompressXz(Pack(Content(), "--arm64 --lzma2"), 1 << 20));
        Assert.Equal("UnsupportedCodec", e.ErrorId);
        Assert.Contains("BCJ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_is_found()
    {
        byte[] packed = Pack(Content().AsSpan(0, 3000), "--block-size=1000");
        for (int length = 0; length < packed.Length; length++)
            Refused(packed[..length]);
    }

    [Fact]
    public void Damage_never_gives_another_result()
    {
        byte[] content = Content()[..3000];
        byte[] packed = Pack(content, "--check=crc64 --block-size=1000");
        int refused = 0;
        for (int seed = 0; seed < 3000; seed++)
        {
            try
            {
                Assert.Equal(content, _codecs.DecompressXz(Mutations.Damage(packed, seed), 1 << 20));
            }
            catch (ImageException e)
            {
                Assert.EndsWith("Codec", e.ErrorId, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.True(refused > 2000, $"Only {refused} were found.");
    }

    private static byte[] Content()
    {
        byte[] content = new byte[300000];
        Random random = new(5);
        for (int i = 0; i < content.Length; i++)
            content[i] = (byte)(random.Next(4) == 0 ? random.Next(256) : i >> 6);
        return content;
    }

    private static byte[] Pack(ReadOnlySpan<byte> content, string options)
    {
        Tools.Require("xz");
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["x"], content);
        if (options.Contains("arm64", StringComparison.Ordinal))
            Assert.SkipUnless(Tools.TryRun("sh", "-c", $"xz -k {options} '{folder["x"]}'").ExitCode == 0, "This xz knows no arm64 filter.");
        else
            Tools.Shell($"xz -k {options} '{folder["x"]}'");
        return File.ReadAllBytes(folder["x.xz"]);
    }

    private void Refused(byte[] packed) =>
        Assert.Equal("CorruptCodec", Assert.Throws<ImageException>(() => _codecs.DecompressXz(packed, 1 << 20)).ErrorId);
}
