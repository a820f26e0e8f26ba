using ZstdSharp;
using ZstdSharp.Unsafe;

namespace RpiLive.Codecs;

/// <summary>Zstandard by ZstdSharp.Port: managed code, for every host.</summary>
internal sealed class ManagedZstdEngine : IZstdEngine
{
    private readonly Compressor _compressor;

    public ManagedZstdEngine(ZstdSetting setting)
    {
        _compressor = new Compressor(setting.Level);
        if (setting.SearchLog is { } searchLog)
            _compressor.SetParameter(ZSTD_cParameter.ZSTD_c_searchLog, searchLog);
        if (setting.TargetLength is { } targetLength)
            _compressor.SetParameter(ZSTD_cParameter.ZSTD_c_targetLength, targetLength);
    }

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) =>
        !destination.IsEmpty && _compressor.TryWrap(source, destination, out int written) ? written : 0;

    public void Dispose() => _compressor.Dispose();
}
