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
    /// <remarks>Concatenated frames are unpacked one after another; a frame's checksum is compared where it has one.</remarks>
    public byte[] DecompressZstd(ReadOnlySpan<byte> source, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return ZstdUnpacker.Unpack(source, limit);
    }

    /// <inheritdoc/>
    public Stream OpenZstd(Stream packed, int maxWindowLog) => new ZstdReadStream(packed, maxWindowLog);
}
