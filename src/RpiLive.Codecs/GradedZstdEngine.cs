using System.Numerics;

namespace RpiLive.Codecs;

/// <summary>
/// Zstandard that works hardest where most is to be gained, for levels 14 and 15. The library searches every block of a
/// level alike, though a deep search gains much in machine code, and next to nothing in text and tables that a fast one packs
/// to a tenth, or in what is packed already. So a fast level looks at half of a block first, and what it makes of that
/// decides. On a root they come out within 1 % of the level's size (docs/design.md).
/// </summary>
/// <remarks>The choice is a matter of the block alone, so the bytes are the same at any thread count.</remarks>
internal sealed class GradedZstdEngine : IZstdEngine
{
    /// <summary>Bytes of the largest blocks that the library parses in the cheapest way at these levels. Larger ones it takes lightly.</summary>
    public const int LargestBlock = 256 << 10;

    private const int SmallestBlock = 4 << 10;

    /// <summary>Below this share of its size, with <see cref="TextDiscount"/>, a block is hardly worth work.</summary>
    private const double LittleToGain = 0.14;

    /// <summary>From this share on it is worth more than the level's own work.</summary>
    private const double MuchToGain = 0.3;

    /// <summary>What a block of text alone seems smaller by: text gains less than other content that packs as well.</summary>
    private const double TextDiscount = 0.15;

    private readonly IZstdEngine _look, _light, _usual, _thorough;
    private byte[] _scratch = [];

    /// <param name="maxBlockLength">The most bytes a block can have.</param>
    /// <param name="makeEngine">Makes the engines that do the work.</param>
    public GradedZstdEngine(int maxBlockLength, Func<ZstdSetting, IZstdEngine> makeEngine)
    {
        // Larger tables than the positions of a block find little more, and are less often in the processor's cache.
        int log = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(maxBlockLength, SmallestBlock)));
        _look = makeEngine(new ZstdSetting(1));
        _light = makeEngine(new ZstdSetting(9, HashLog: log - 1));
        _usual = makeEngine(new ZstdSetting(15, SearchLog: 3, TargetLength: 32, HashLog: log - 1, ChainLog: log - 1));
        _thorough = makeEngine(new ZstdSetting(16, SearchLog: 4, TargetLength: 24, HashLog: log - 1, ChainLog: log));
    }

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ReadOnlySpan<byte> sample = source.Slice(source.Length / 4, (source.Length + 1) / 2);
        if (_scratch.Length < sample.Length)
            _scratch = GC.AllocateUninitializedArray<byte>(sample.Length);
        int packed = _look.Compress(sample, _scratch);
        if (!ZstdGain.IsWorthwhile(sample.Length, packed))
        {
            int length = _light.Compress(source, destination);
            return ZstdGain.IsWorthwhile(source.Length, length) ? _thorough.Compress(source, destination) : length;
        }
        double left = ((double)packed / sample.Length) - (TextDiscount * TextIn(sample));
        IZstdEngine engine = left < LittleToGain ? _light : left < MuchToGain ? _usual : _thorough;
        return engine.Compress(source, destination);
    }

    public void Dispose()
    {
        _look.Dispose();
        _light.Dispose();
        _usual.Dispose();
        _thorough.Dispose();
    }

    /// <summary>The share of text in a sample.</summary>
    private static double TextIn(ReadOnlySpan<byte> sample)
    {
        // Every seventh byte is enough; machine code and tables repeat themselves by powers of two.
        int text = 0, count = 0;
        for (int i = 0; i < sample.Length; i += 7, count++)
            text += sample[i] is >= (byte)' ' and <= (byte)'~' or (byte)'\t' or (byte)'\n' or (byte)'\r' ? 1 : 0;
        return (double)text / count;
    }
}
