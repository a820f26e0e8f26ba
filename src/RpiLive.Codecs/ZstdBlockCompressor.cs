using RpiLive.Core.Compression;

namespace RpiLive.Codecs;

/// <summary>Compresses blocks one after the other by the same engine, and stores nothing that does not shrink.</summary>
internal sealed class ZstdBlockCompressor(IZstdEngine engine) : IBlockCompressor
{
    // Room for nothing but a gain.
    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) =>
        engine.Compress(source, destination[..Math.Min(source.Length - 1, destination.Length)]);

    public void Dispose() => engine.Dispose();
}
