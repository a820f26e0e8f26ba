using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>Unpacks a .zst file whose frames do not all tell their size; they have been walked before.</summary>
internal sealed class ZstdReader : SequentialReader
{
    private readonly RandomAccessSource _file;
    private readonly SourceStream _packed;
    private readonly Stream _unpacked;
    private long _read;

    /// <summary>Starts at the first frame.</summary>
    public ZstdReader(RandomAccessSource file, ICodecs codecs, CancellationToken cancellation)
    {
        _file = file;
        _packed = new SourceStream(file, 0, file.Length, cancellation);
        _unpacked = codecs.OpenZstd(_packed, ZstdWalk.MaxWindowLog);
    }

    public override long? Length => null;

    public override long Done => _packed.Done;

    public override long Total => _file.Length;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            int count = _unpacked.Read(buffer);
            _read += count;
            return count;
        }
        catch (InvalidDataException e)
        {
            throw ImageException.Corrupt("Zstd", _file.Name,
                $"it is damaged before offset {_packed.Done:N0}, after {_read:N0} unpacked bytes ({e.Message.TrimEnd('.')})");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _unpacked.Dispose();
        base.Dispose(disposing);
    }
}
