using ZstdSharp;
using ZstdSharp.Unsafe;

namespace RpiLive.Codecs;

/// <summary>The library's stream for Zstandard frames, with the exceptions that <see cref="RpiLive.Core.Compression.ICodecs.OpenZstd"/> promises.</summary>
internal sealed class ZstdReadStream : Stream
{
    private readonly DecompressionStream _unpacked;

    public ZstdReadStream(Stream packed, int maxWindowLog)
    {
        _unpacked = new DecompressionStream(packed);
        _unpacked.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, maxWindowLog);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
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

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _unpacked.Dispose();
        base.Dispose(disposing);
    }
}
