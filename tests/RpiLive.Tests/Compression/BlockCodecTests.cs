using System.Text;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;

namespace RpiLive.Tests.Compression;

/// <summary>What every block codec has to do.</summary>
public abstract class BlockCodecTests
{
    protected abstract IBlockCodec Codec { get; }

    [Fact]
    public void Blocks_come_back_at_every_level()
    {
        using IBlockDecompressor decompressor = Codec.CreateDecompressor();
        foreach (int length in (int[])[100, 8192, 70000])
        {
            byte[] text = Text(length), unpacked = new byte[length];
            for (int level = Codec.MinLevel; level <= Codec.MaxLevel; level++)
            {
                byte[] packed = Pack(text, level);
                Assert.InRange(packed.Length, 1, length - 1);
                Array.Clear(unpacked);
                Assert.Equal(length, decompressor.Decompress(packed, unpacked));
                Assert.Equal(text, unpacked);
            }
        }
    }

    [Fact]
    public void A_compressor_gives_the_same_bytes_again_after_other_work()
    {
        using IBlockCompressor compressor = Codec.CreateCompressor(Codec.DefaultLevel, 1 << 17);
        byte[] text = Text(100000), noise = Noise(1 << 17), first = new byte[1 << 17], second = new byte[1 << 17];
        int length = compressor.Compress(text, first);
        Assert.Equal(0, compressor.Compress(noise, second));
        compressor.Compress(Text(333), second);
        Assert.Equal(length, compressor.Compress(text, second));
        Assert.Equal(first[..length], second[..length]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(1 << 17)]
    public void What_does_not_shrink_is_reported_as_zero(int length)
    {
        using IBlockCompressor compressor = Codec.CreateCompressor(Codec.MinLevel, length);
        Assert.Equal(0, compressor.Compress(Noise(length), new byte[length]));
    }

    [Fact]
    public void The_result_never_exceeds_the_destination()
    {
        using IBlockCompressor compressor = Codec.CreateCompressor(Codec.DefaultLevel, 1 << 16);
        byte[] text = Text(1 << 16);
        int length = compressor.Compress(text, new byte[1 << 16]);
        Assert.Equal(0, compressor.Compress(text, new byte[length - 1]));
    }

    [Fact]
    public void Levels_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Codec.CreateCompressor(Codec.MinLevel - 1, 4096));
        Assert.Throws<ArgumentOutOfRangeException>(() => Codec.CreateCompressor(Codec.MaxLevel + 1, 4096));
    }

    [Fact]
    public void A_result_larger_than_the_destination_is_corrupt()
    {
        byte[] packed = Pack(Text(5000), Codec.DefaultLevel);
        using IBlockDecompressor decompressor = Codec.CreateDecompressor();
        Assert.Equal("CorruptCodec", Assert.Throws<ImageException>(() => decompressor.Decompress(packed, new byte[4999])).ErrorId);
    }

    [Fact]
    public void Damaged_blocks_end_in_an_image_exception_or_another_result()
    {
        byte[] text = Text(3000), packed = Pack(text, Codec.DefaultLevel), unpacked = new byte[4096];
        using IBlockDecompressor decompressor = Codec.CreateDecompressor();
        int refused = 0;
        for (int seed = 0; seed < 2000; seed++)
        {
            try
            {
                int length = decompressor.Decompress(Support.Mutations.Damage(packed, seed), unpacked);
                Assert.InRange(length, 0, unpacked.Length);
            }
            catch (ImageException e)
            {
                Assert.Equal("CorruptCodec", e.ErrorId);
                refused++;
            }
        }
        Assert.True(refused > 1000, $"Only {refused} were found.");
        Assert.Equal(text.Length, decompressor.Decompress(packed, unpacked));
    }

    protected static byte[] Text(int length) =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, (length / 5) + 1).Select(i => $"{i * i % 997} word ")))[..length];

    protected static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    protected byte[] Pack(byte[] source, int level)
    {
        using IBlockCompressor compressor = Codec.CreateCompressor(level, source.Length);
        byte[] packed = new byte[source.Length];
        return packed[..compressor.Compress(source, packed)];
    }
}
