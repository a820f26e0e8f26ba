using RpiLive.Codecs;
using RpiLive.Core.Errors;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Compression;

public sealed class DecompressZstdTests
{
    private readonly ThirdPartyCodecs _codecs = new();

    [Theory]
    [InlineData("-3")]
    [InlineData("-19 --check")]
    [InlineData("--ultra -22 --long=27 --no-content-size")]
    [InlineData("-1 --no-check")]
    public void What_zstd_packs_comes_back(string options)
    {
        byte[] content = Content(3_000_000);
        Assert.Equal(content, _codecs.DecompressZstd(Pack(content, options), content.Length));
    }

    [Fact]
    public void Concatenated_and_skippable_frames_are_handled()
    {
        byte[] one = Pack("one "u8, "-3"), two = Pack("two "u8, "-3 --no-content-size");
        byte[] skippable = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
        Assert.Equal("one two one "u8.ToArray(), _codecs.DecompressZstd([.. one, .. skippable, .. two, .. one], 100));
    }

    [Fact]
    public void More_than_the_limit_is_refused()
    {
        foreach (string options in (string[])["-3", "-3 --no-content-size"])
        {
            byte[] packed = Pack(new byte[10_000_000], options);
            Assert.Equal(10_000_000, _codecs.DecompressZstd(packed, 10_000_000).Length);
            Assert.Equal("CorruptCodec", Assert.Throws<ImageException>(() => _codecs.DecompressZstd(packed, 9_999_999)).ErrorId);
        }
    }

    [Fact]
    public void Every_cut_is_found()
    {
        byte[] packed = Pack(Content(3000), "-3");
        for (int length = 0; length < packed.Length; length++)
            Assert.Equal("CorruptCodec", Assert.Throws<ImageException>(() => _codecs.DecompressZstd(packed.AsSpan(0, length), 1 << 20)).ErrorId);
    }

    [Fact]
    public void Damage_never_gives_another_result()
    {
        byte[] content = Content(3000);
        byte[] packed = Pack(content, "-3 --check");
        int refused = 0;
        for (int seed = 0; seed < 3000; seed++)
        {
            byte[] damaged = Mutations.Damage(packed, seed);
            try
            {
                byte[] result = _codecs.DecompressZstd(damaged, 1 << 20);
                // The frame descriptor can lose its bit for "has a checksum", or become a skippable frame.
                if (damaged.AsSpan(0, 5).SequenceEqual(packed.AsSpan(0, 5)))
                    Assert.Equal(content, result);
            }
            catch (ImageException e)
            {
                Assert.Equal("CorruptCodec", e.ErrorId);
                refused++;
            }
        }
        Assert.True(refused > 2000, $"Only {refused} were found.");
    }

    private static byte[] Content(int length)
    {
        byte[] content = new byte[length];
        Random random = new(5);
        for (int i = 0; i < content.Length; i++)
            content[i] = (byte)(random.Next(4) == 0 ? random.Next(256) : i >> 6);
        return content;
    }

    private static byte[] Pack(ReadOnlySpan<byte> content, string options)
    {
        Tools.Require("zstd");
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["x"], content);
        Tools.Shell($"zstd -q {options} '{folder["x"]}' -o '{folder["x.zst"]}'");
        return File.ReadAllBytes(folder["x.zst"]);
    }
}
