namespace RpiLive.Codecs;

/// <summary>
/// Zstandard at a high level, which spares itself the blocks that cannot shrink, as kernel modules packed by xz: a fast level
/// looks first, at a part and then at all of the block, and where it gains next to nothing, its result stands.
/// </summary>
/// <remarks>
/// Measured against the library's level 15 on blocks of 128 KiB: random data and .xz files come out the same, .gz files 0.1 %
/// larger, in a thirtieth of the time.
/// </remarks>
internal sealed class ProbingZstdEngine(ZstdSetting setting, Func<ZstdSetting, IZstdEngine> makeEngine) : IZstdEngine
{
    private const int ProbingLevel = 7;
    private const int ProbeLength = 8 << 10;

    private readonly IZstdEngine _engine = makeEngine(setting);
    private readonly IZstdEngine _probe = makeEngine(new ZstdSetting(ProbingLevel));

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (source.Length > ProbeLength && !IsWorthwhile(source.Slice((source.Length - ProbeLength) / 2, ProbeLength), destination, out _)
            && !IsWorthwhile(source, destination, out int length))
        {
            return length;
        }
        return _engine.Compress(source, destination);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _probe.Dispose();
    }

    private bool IsWorthwhile(ReadOnlySpan<byte> source, Span<byte> destination, out int length)
    {
        length = _probe.Compress(source, destination);
        return ZstdGain.IsWorthwhile(source.Length, length);
    }
}
