using RpiLive.Core.Compression;

namespace RpiLive.Codecs;

/// <summary>
/// Zstandard by the C library or, where that cannot be loaded, by ZstdSharp.Port; unpacking is managed code.
/// </summary>
/// <param name="native">False to use managed code alone.</param>
public sealed class ThirdPartyCodecs(bool native) : ICodecs
{
    /// <summary>Codecs for this host.</summary>
    public ThirdPartyCodecs()
        : this(native: true)
    {
    }

    /// <summary>True where the C library of Zstandard is in use.</summary>
    public bool IsNative => native && NativeZstdEngine.IsAvailable;

    /// <inheritdoc/>
    public IBlockCodec Zstd { get; } = new ZstdBlockCodec(native);

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
