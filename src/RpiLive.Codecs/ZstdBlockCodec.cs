using RpiLive.Core.Compression;

namespace RpiLive.Codecs;

/// <summary>One Zstandard frame a block (RFC 8878).</summary>
/// <param name="native">True to compress with the C library where it can be loaded; the result is the same.</param>
internal sealed class ZstdBlockCodec(bool native) : IBlockCodec
{
    /// <summary>From here on, some 10 ms for 128 KiB are too many for a block that cannot shrink.</summary>
    private const int ProbedLevel = 10;

    public string Name => "zstd";

    public int MinLevel => 1;

    public int MaxLevel => 22;

    public int DefaultLevel => 15;

    public IBlockCompressor CreateCompressor(int level, int maxBlockLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, MinLevel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, MaxLevel);
        return new ZstdBlockCompressor(MakeEngine(level, maxBlockLength));
    }

    public IBlockDecompressor CreateDecompressor() => new ZstdBlockDecompressor();

    private IZstdEngine MakeEngine(int level, int maxBlockLength) => level switch
    {
        < ProbedLevel => MakePlain(new ZstdSetting(level)),
        14 or 15 when maxBlockLength <= GradedZstdEngine.LargestBlock => new GradedZstdEngine(maxBlockLength, MakePlain),
        // More depth finds next to nothing in a block.
        14 or 15 => new ProbingZstdEngine(new ZstdSetting(level, SearchLog: 3, TargetLength: 32), MakePlain),
        _ => new ProbingZstdEngine(new ZstdSetting(level), MakePlain),
    };

    private IZstdEngine MakePlain(ZstdSetting setting) => native && NativeZstdEngine.IsAvailable ? new NativeZstdEngine(setting) : new ManagedZstdEngine(setting);
}
