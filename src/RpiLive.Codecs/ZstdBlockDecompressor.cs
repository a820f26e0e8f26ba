using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using ZstdSharp;

namespace RpiLive.Codecs;

/// <summary>Unpacks Zstandard frames with one context for all blocks.</summary>
internal sealed class ZstdBlockDecompressor : IBlockDecompressor
{
    private readonly Decompressor _decompressor = new();

    public int Decompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        try
        {
            if (_decompressor.TryUnwrap(source, destination, out int written))
                return written;
        }
        catch (ZstdException e)
        {
            throw ImageException.Corrupt("Codec", "zstd", $"a block of {source.Length:N0} bytes is damaged ({e.Message.TrimEnd('.')})");
        }
        throw ImageException.Corrupt("Codec", "zstd", $"a block unpacks to more than the {destination.Length:N0} bytes it may have");
    }

    public void Dispose() => _decompressor.Dispose();
}
