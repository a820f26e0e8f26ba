using RpiLive.Core.Compression;

namespace RpiLive.Codecs;

/// <summary>Zstandard by ZstdSharp.Port, LZMA2 by SharpCompress; both are managed code.</summary>
public sealed class ThirdPartyCodecs : ICodecs
{
    /// <inheritdoc/>
    public IBlockCodec Zstd { get; } = new ZstdBlockCodec();

    /// <inheritdoc/>
    /// <remarks>
    /// Concatenated streams and stream padding are unpacked as <c>xz -d</c> does; all checksums are compared.
    /// Filters other than LZMA2 are refused with <c>UnsupportedCodec</c>.
    /// </remarks>
    public byte[] DecompressXz(ReadOnlySpan<byte> source, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        using XzUnpacker unpacker = new(source.ToArray(), limit);
        return unpacker.Unpack();
    }

    /// <inheritdoc/>
    /// <remarks>Concatenated frames are unpacked one after another; a frame's checksum is compared where it has one.</remarks>
    public byte[] DecompressZstd(ReadOnlySpan<byte> source, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return ZstdUnpacker.Unpack(source, limit);
    }

    /// <inheritdoc/>
    public Stream OpenZstd(Stream packed, int maxWindowLog) => new ZstdReadStream(packed, maxWindowLog);
}
