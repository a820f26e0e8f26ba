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
        foreach ((int parameter, int value) in setting.Changes)
            _compressor.SetParameter((ZSTD_cParameter)parameter, value);
    }

    public override void Dispose() => _compressor.Dispose();

    protected override int Bound(int length) => Compressor.GetCompressBound(length);

    protected override int Pack(ReadOnlySpan<byte> source, byte[] frame) => _compressor.Wrap(source, frame);
}
