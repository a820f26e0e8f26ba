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

    /// <summary>
    /// Unpacks the frames of a .zst file one after the other; skippable ones are passed over. Sizes and checksums are verified.
    /// </summary>
    /// <param name="packed">The file, read from where it is; stays open.</param>
    /// <param name="maxWindowLog">Binary logarithm of the largest window in bytes: what the stream allocates at most.</param>
    /// <returns>A stream whose reads throw <see cref="InvalidDataException"/> where the file is damaged, cut short, not
    /// followed by a further frame, or needs a larger window.</returns>
    Stream OpenZstd(Stream packed, int maxWindowLog);
}
