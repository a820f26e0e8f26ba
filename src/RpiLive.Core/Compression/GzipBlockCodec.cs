namespace RpiLive.Core.Compression;

/// <summary>
/// Deflate in the zlib format (RFC 1950), which SquashFS calls gzip. By the base class library alone, so it works on
/// every host and every kernel with SquashFS reads it.
/// </summary>
public sealed class GzipBlockCodec : IBlockCodec
{
    /// <inheritdoc/>
    public string Name => "gzip";

    /// <inheritdoc/>
    public int MinLevel => 1;

    /// <inheritdoc/>
    public int MaxLevel => 9;

    /// <inheritdoc/>
    public int DefaultLevel => 9;

    /// <inheritdoc/>
    public IBlockCompressor CreateCompressor(int level, int maxBlockLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, MinLevel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);
        return new GzipBlockCompressor(level, maxBlockLength);
    }

    /// <inheritdoc/>
    public IBlockDecompressor CreateDecompressor() => new GzipBlockDecompressor();
}
