using RpiLive.Codecs;
using RpiLive.Core.Compression;

namespace RpiLive.Tests.Compression;

public sealed class ZstdBlockCodecTests : BlockCodecTests
{
    protected override IBlockCodec Codec { get; } = new ThirdPartyCodecs().Zstd;

    [Fact]
    public void It_declares_what_mksquashfs_does() =>
        Assert.Equal(("zstd", 1, 22, 15), (Codec.Name, Codec.MinLevel, Codec.MaxLevel, Codec.DefaultLevel));

    /// <summary>A build must give the same bytes wherever it runs, so neither library may go to a new version alone.</summary>
    [Fact]
    public void The_C_library_and_the_managed_one_give_the_same_bytes()
    {
        ThirdPartyCodecs native = new();
        Assert.SkipUnless(native.IsNative, "the C library of Zstandard does not load on this host");
        IBlockCodec managed = new ThirdPartyCodecs(native: false).Zstd;
        byte[] assembly = File.ReadAllBytes(typeof(ThirdPartyCodecs).Assembly.Location);
        byte[] documentation = File.ReadAllBytes(Path.ChangeExtension(typeof(IBlockCodec).Assembly.Location, ".xml"));
        // Levels 14 and 15 are graded in blocks up to 256 KiB.
        foreach ((int level, int maxLength) in Enumerable.Range(1, 22).Select(level => (level, 1 << 20)).Append((14, 1 << 18)).Append((15, 1 << 17)).Append((15, 1 << 18)))
        {
            using IBlockCompressor one = native.Zstd.CreateCompressor(level, maxLength);
            using IBlockCompressor other = managed.CreateCompressor(level, maxLength);
            foreach (byte[] content in new[] { assembly, documentation, documentation[..5000], new byte[131072] })
                Assert.Equal(Packed(other, content), Packed(one, content));
        }

        Random random = new(3);
        using IBlockCompressor first = native.Zstd.CreateCompressor(9, 4096), second = managed.CreateCompressor(9, 4096);
        for (int round = 0; round < 3000; round++)
        {
            byte[] block = new byte[random.Next(20, 1000)], packed = new byte[1000], expected = new byte[1000];
            random.NextBytes(block);
            block.AsSpan(0, 8).CopyTo(block.AsSpan(block.Length - 8));
            Assert.Equal(first.Compress(block, expected), second.Compress(block, packed));
            Assert.Equal(expected, packed);
        }

        static byte[] Packed(IBlockCompressor compressor, byte[] content)
        {
            byte[] packed = new byte[content.Length];
            int length = compressor.Compress(content, packed);
            Assert.NotEqual(0, length);
            return packed[..length];
        }
    }
}
