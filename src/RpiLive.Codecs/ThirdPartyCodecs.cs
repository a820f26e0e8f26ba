using RpiLive.Core.Compression;

namespace RpiLive.Codecs;

/// <summary>Replaced by the squashfs branch.</summary>
public sealed class ThirdPartyCodecs : ICodecs
{
    /// <inheritdoc/>
    public IBlockCodec Zstd => throw new NotImplementedException();

    /// <inheritdoc/>
    public byte[] DecompressXz(ReadOnlySpan<byte> source, int limit) => throw new NotImplementedException();

    /// <inheritdoc/>
    public byte[] DecompressZstd(ReadOnlySpan<byte> source, int limit) => throw new NotImplementedException();
}
