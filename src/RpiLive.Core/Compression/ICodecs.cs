using RpiLive.Core.Errors;

namespace RpiLive.Core.Compression;

/// <summary>What RpiLive.Codecs gives the engine. Safe for several threads.</summary>
public interface ICodecs
{
    /// <summary>Zstandard blocks, for SquashFS.</summary>
    IBlockCodec Zstd { get; }

    /// <summary>Unpacks a whole .zst file in memory.</summary>
    /// <param name="source">The file.</param>
    /// <param name="limit">The most bytes the result may have.</param>
    /// <exception cref="ImageException"><c>CorruptCodec</c>: damaged, or larger than <paramref name="limit"/>.</exception>
    byte[] DecompressZstd(ReadOnlySpan<byte> source, int limit);
}
