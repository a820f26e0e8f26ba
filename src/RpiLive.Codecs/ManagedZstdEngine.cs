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
        Set(ZSTD_cParameter.ZSTD_c_searchLog, setting.SearchLog);
        Set(ZSTD_cParameter.ZSTD_c_targetLength, setting.TargetLength);
        Set(ZSTD_cParameter.ZSTD_c_hashLog, setting.HashLog);
        Set(ZSTD_cParameter.ZSTD_c_chainLog, setting.ChainLog);
    }

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) =>
        !destination.IsEmpty && _compressor.TryWrap(source, destination, out int written) ? written : 0;

    public void Dispose() => _compressor.Dispose();

    private void Set(ZSTD_cParameter parameter, int? value)
    {
        if (value is { } known)
            _compressor.SetParameter(parameter, known);
    }
}
