using RpiLive.Core.Compression;

namespace RpiLive.Codecs;

/// <summary>One Zstandard frame a block (RFC 8878).</summary>
internal sealed class ZstdBlockCodec : IBlockCodec
{
    public string Name => "zstd";

    public int MinLevel => 1;

    public int MaxLevel => 22;

    public int DefaultLevel => 15;

    public IBlockCompressor CreateCompressor(int level, int maxBlockLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, MinLevel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);
        return new ZstdBlockCompressor(level);
    }

    public IBlockDecompressor CreateDecompressor() => new ZstdBlockDecompressor();
}
