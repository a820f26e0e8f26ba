using ZstdSharp;

namespace RpiLive.Codecs;

/// <summary>Zstandard by ZstdSharp.Port: managed code, for every host.</summary>
internal sealed class ManagedZstdEngine(int level) : IZstdEngine
{
    private readonly Compressor _compressor = new(level);

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) =>
        !destination.IsEmpty && _compressor.TryWrap(source, destination, out int written) ? written : 0;

    public void Dispose() => _compressor.Dispose();
}
