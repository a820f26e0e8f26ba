using RpiLive.Codecs;
using RpiLive.Core.Compression;

namespace RpiLive.Tests.Compression;

public sealed class ZstdBlockCodecTests : BlockCodecTests
{
    protected override IBlockCodec Codec { get; } = new ThirdPartyCodecs().Zstd;

    [Fact]
    public void It_declares_what_mksquashfs_does() =>
        Assert.Equal(("zstd", 1, 22, 15), (Codec.Name, Codec.MinLevel, Codec.MaxLevel, Codec.DefaultLevel));
}
