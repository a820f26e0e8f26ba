using RpiLive.Core.Compression;

namespace RpiLive.Codecs;

/// <summary>Zstandard by ZstdSharp.Port, which is managed code.</summary>
public sealed class ThirdPartyCodecs : ICodecs
{
    /// <inheritdoc/>
    public IBlockCodec Zstd { get; } = new ZstdBlockCodec();

    /// <inheritdoc/>
    /// <remarks>Concatenated frames are unpacked one after another; a frame's checksum is compared where it has one.</remarks>
    public byte[] DecompressZstd(ReadOnlySpan<byte> source, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return ZstdUnpacker.Unpack(source, limit);
    }
}
