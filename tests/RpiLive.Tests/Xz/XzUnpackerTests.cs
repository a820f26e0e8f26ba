using RpiLive.Core.Errors;
using RpiLive.Core.Xz;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Xz;

public sealed class XzUnpackerTests
{
    [Theory]
    [InlineData("-0")]
    [InlineData("-1")]
    [InlineData("-2")]
    [InlineData("-3")]
    [InlineData("-4")]
    [InlineData("-5")]
    [InlineData("-6")]
    [InlineData("-7")]
    [InlineData("-8")]
    [InlineData("-9")]
    [InlineData("-9e")]
    [InlineData("-0e")]
    [InlineData("--check=none")]
    [InlineData("--check=crc32 --lzma2=dict=1MiB")]
    [InlineData("--check=sha256 -9e")]
    [InlineData("--block-size=50000")]
    [InlineData("-T2 --block-size=50000")]
    [InlineData("-T1 --block-size=1000")]
    [InlineData("--lzma2=preset=6,lc=1,lp=3,pb=0,dict=4KiB,nice=10")]
    [InlineData("--lzma2=preset=9,lc=0,lp=4,pb=4,dict=64KiB,nice=273")]
    [InlineData("--lzma2=preset=0,lc=4,lp=0,pb=2,dict=6KiB,mode=fast")]
    [InlineData("--lzma2=preset=6,lc=0,lp=0,pb=0,dict=96KiB,mf=bt2")]
    [InlineData("--flush-timeout=1")]
    public void What_xz_packs_comes_back(string options)
    {
        byte[] content = XzTool.Content(3_000_000);
        Assert.Equal(content, Unpack(XzTool.Pack(content, options), content.Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(65536)]
    [InlineData(2097152)]
    [InlineData(2097153)]
    public void Any_size_comes_back(int length)
    {
        byte[] content = XzTool.Content(length, seed: length), noise = new byte[length];
        new Random(length).NextBytes(noise);
        Assert.Equal(content, Unpack(XzTool.Pack(content), length));
        Assert.Equal(noise, Unpack(XzTool.Pack(noise, "-0"), length));
        Assert.Equal(new byte[length], Unpack(XzTool.Pack(new byte[length]), length));
    }

    [Fact]
    public void Runs_of_every_short_period_come_back_with_a_dictionary_that_starts_over()
    {
        byte[] content = new byte[40 * 10_000];
        for (int i = 0; i < content.Length; i++)
            content[i] = (byte)(i % 10_000 % ((i / 10_000) + 1) * 11);
        Assert.Equal(content, Unpack(XzTool.Pack(content, "--lzma2=dict=4KiB"), content.Length));
    }

    [Fact]
    public void Concatenated_streams_and_padding_are_all_unpacked()
    {
        byte[] one = XzTool.Pack("one "u8), two = XzTool.Pack("two "u8, "--check=crc32"), empty = XzTool.Pack([]);
        Assert.Equal("one two one "u8.ToArray(), Unpack([.. one, .. two, .. new byte[8], .. empty, .. one, .. new byte[4]], 100));
        Assert.Equal([], Unpack(empty, 0));
        Assert.Equal([], Unpack([.. empty, .. empty], 0));
    }

    [Fact]
    public void Anything_behind_a_stream_is_refused()
    {
        byte[] one = XzTool.Pack("one "u8);
        Refused([.. one, 0]);
        Refused([.. one, 0, 0, 0, 1]);
        Refused([.. one, .. "rubbish"u8]);
        Refused([.. one, .. one[..20]]);
        Refused([0, 0, 0, 0, .. one]);
        Refused([]);
        Refused(new byte[64]);
    }

    [Fact]
    public void More_than_the_limit_is_refused_before_it_is_unpacked()
    {
        byte[] packed = XzTool.Pack(new byte[100000]);
        Assert.Equal(100000, Unpack(packed, 100000).Length);
        ImageException e = Assert.Throws<ImageException>(() => Unpack(packed, 99999));
        Assert.Equal("CorruptXz", e.ErrorId);
        Assert.Contains("99,999", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--x86", "x86")]
    [InlineData("--arm", "arm")]
    [InlineData("--armthumb", "armthumb")]
    [InlineData("--arm64", "arm64")]
    [InlineData("--powerpc", "powerpc")]
    [InlineData("--ia64", "ia64")]
    [InlineData("--sparc", "sparc")]
    [InlineData("--riscv", "riscv")]
    [InlineData("--delta=dist=4", "delta")]
    public void Other_filters_are_refused_by_name(string filter, string name)
    {
        byte[] packed = XzTool.Pack(XzTool.Content(5000), $"{filter} --lzma2");
        ImageException e = Assert.Throws<ImageException>(() => Unpack(packed, 5000));
        Assert.Equal("UnsupportedXz", e.ErrorId);
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_is_found()
    {
        byte[] packed = XzTool.Pack(XzTool.Content(3000), "--block-size=1000");
        for (int length = 0; length < packed.Length; length++)
            Refused(packed[..length]);
        Assert.Contains("cut short", Refused(packed[..(packed.Length / 8 * 4)]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_flipped_bit_is_found()
    {
        byte[] content = XzTool.Content(2000), packed = XzTool.Pack(content, "--block-size=1000");
        for (int bit = 0; bit < 8 * packed.Length; bit++)
        {
            packed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<ImageException>(() => Unpack(packed, content.Length));
            packed[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        Assert.Equal(content, Unpack(packed, content.Length));
    }

    [Theory]
    [InlineData("--check=crc64 --block-size=1000")]
    [InlineData("--check=sha256 --lzma2=dict=4KiB,lc=0,lp=2,pb=1")]
    public void Damage_never_gives_another_result(string options)
    {
        byte[] content = XzTool.Content(30_000)[^9000..];
        byte[] packed = XzTool.Pack(content, options);
        int refused = 0;
        for (int seed = 0; seed < 6000; seed++)
        {
            try
            {
                Assert.Equal(content, Unpack(Mutations.Damage(packed, seed), 1 << 20));
            }
            catch (ImageException e)
            {
                Assert.EndsWith("Xz", e.ErrorId, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.True(refused > 4000, $"Only {refused} were found.");
    }

    [Fact]
    public void Damage_without_a_check_does_no_harm()
    {
        byte[] content = XzTool.Content(60_000), packed = XzTool.Pack(content, "--check=none --lzma2=dict=4KiB,lp=1,lc=2");
        // Only the packed bytes, so that the decoder is what meets the damage.
        Range[] hot = [32..(packed.Length - 40)];
        int unpacked = 0;
        for (int seed = 0; seed < 4000; seed++)
        {
            byte[] damaged = Mutations.Damage(packed, seed, hot);
            if (damaged.Length != packed.Length)
                continue;
            packed.AsSpan(0, 32).CopyTo(damaged);
            packed.AsSpan(packed.Length - 40).CopyTo(damaged.AsSpan(packed.Length - 40));
            try
            {
                Assert.Equal(content.Length, Unpack(damaged, content.Length).Length);
                unpacked++;
            }
            catch (ImageException e)
            {
                Assert.Equal("CorruptXz", e.ErrorId);
            }
        }
        Assert.True(unpacked > 0, "No damage reached past the decoder.");
    }

    private static byte[] Unpack(byte[] packed, int limit) => XzUnpacker.Unpack(packed, limit, "test.xz");

    private static ImageException Refused(byte[] packed)
    {
        ImageException e = Assert.Throws<ImageException>(() => Unpack(packed, 1 << 20));
        Assert.Equal("CorruptXz", e.ErrorId);
        return e;
    }
}
