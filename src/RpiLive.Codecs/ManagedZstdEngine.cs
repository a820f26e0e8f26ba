using ZstdSharp;
using ZstdSharp.Unsafe;

namespace RpiLive.Codecs;

/// <summary>Zstandard by ZstdSharp.Port: managed code, for every host.</summary>
internal sealed class ManagedZstdEngine : FramedZstdEngine
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

    public override void Dispose() => _compressor.Dispose();

    protected override int Bound(int length) => Compressor.GetCompressBound(length);

    protected override int Pack(ReadOnlySpan<byte> source, byte[] frame) => _compressor.Wrap(source, frame);

    private void Set(ZSTD_cParameter parameter, int? value)
    {
        if (value is { } known)
            _compressor.SetParameter(parameter, known);
    }
}
