using RpiLive.Core.Streams;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace RpiLive.Codecs;

/// <summary>The library's stream for Zstandard frames, with the exceptions that <see cref="RpiLive.Core.Compression.ICodecs.OpenZstd"/> promises.</summary>
internal sealed class ZstdReadStream : ReadOnlyStream
{
    private readonly DecompressionStream _unpacked;

    public ZstdReadStream(Stream packed, int maxWindowLog)
    {
        _unpacked = new DecompressionStream(packed);
        _unpacked.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, maxWindowLog);
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _unpacked.Read(buffer);
        }
        catch (Exception e) when (e is ZstdException or EndOfStreamException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _unpacked.Dispose();
        base.Dispose(disposing);
    }
}
