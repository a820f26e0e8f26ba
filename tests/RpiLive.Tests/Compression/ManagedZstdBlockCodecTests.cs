using RpiLive.Codecs;
using RpiLive.Core.Compression;

namespace RpiLive.Tests.Compression;

/// <summary>What hosts get on which the C library does not load.</summary>
public sealed class ManagedZstdBlockCodecTests : BlockCodecTests
{
    protected override IBlockCodec Codec { get; } = new ThirdPartyCodecs(native: false).Zstd;
}
