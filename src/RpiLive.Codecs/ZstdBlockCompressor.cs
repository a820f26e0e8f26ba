using RpiLive.Core.Compression;
using ZstdSharp;

namespace RpiLive.Codecs;

/// <summary>
/// Compresses with one context for all blocks. The library knows the size of each block beforehand and so picks window
/// and tables for it: setting them by hand gained nothing.
/// </summary>
internal sealed class ZstdBlockCompressor(int level) : IBlockCompressor
{
    private readonly Compressor _compressor = new(level);

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        // Too little room for anything but a gain: the library then gives up by itself.
        int room = Math.Min(source.Length - 1, destination.Length);
        return room > 0 && _compressor.TryWrap(source, destination[..room], out int written) ? written : 0;
    }

    public void Dispose() => _compressor.Dispose();
}
