using RpiLive.Core.Compression;

namespace RpiLive.Codecs;

/// <summary>One Zstandard frame a block (RFC 8878).</summary>
/// <param name="native">True to compress with the C library where it can be loaded; the result is the same.</param>
internal sealed class ZstdBlockCodec(bool native) : IBlockCodec
{
    public string Name => "zstd";

    public int MinLevel => 1;

    public int MaxLevel => 22;

    public int DefaultLevel => 15;

    public IBlockCompressor CreateCompressor(int level, int maxBlockLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, MinLevel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);
        return new ZstdBlockCompressor(level, native && NativeZstdEngine.IsAvailable ? setting => new NativeZstdEngine(setting) : setting => new ManagedZstdEngine(setting));
    }

    public IBlockDecompressor CreateDecompressor() => new ZstdBlockDecompressor();
}
