using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Packed;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>Unpacks one frame of a .zst file. Its own checksum and size are verified by the codec, the seek table's here.</summary>
internal sealed class ZstdFrameUnpacker : BlockUnpacker
{
    /// <summary>What the codec holds besides the window: tables, an input and an output block.</summary>
    private const long TablesLength = 512 << 10;

    private readonly RandomAccessSource _file;
    private readonly ZstdFrame _frame;
    private readonly long _length;
    private readonly uint? _checksum;
    private readonly Xxh64 _hash = new();
    private readonly SourceStream _packed;
    private readonly Stream _unpacked;
    private long _done;
    private bool _isVerified;

    /// <summary>Starts at the first byte of the frame.</summary>
    /// <param name="file">The .zst file.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="length">Its unpacked size in bytes.</param>
    /// <param name="checksum">The seek table's checksum of it; null for none.</param>
    /// <param name="codecs">What unpacks.</param>
    /// <param name="cancellation">Ends every further read.</param>
    public ZstdFrameUnpacker(
        RandomAccessSource file, ZstdFrame frame, long length, uint? checksum, ICodecs codecs, CancellationToken cancellation)
    {
        _file = file;
        _frame = frame;
        _length = length;
        _checksum = checksum;
        _packed = new SourceStream(file, frame.Offset, frame.Length, cancellation);
        _unpacked = codecs.OpenZstd(_packed, ZstdWalk.MaxWindowLog);
    }

    public override long MemoryBytes => _frame.WindowLength + TablesLength;

    public override int Read(Span<byte> buffer)
    {
        int total = 0;
        while (total < buffer.Length && _done < _length)
        {
            Span<byte> rest = buffer[total..(int)Math.Min(buffer.Length, total + _length - _done)];
            int count = ReadSome(rest);
            if (count == 0)
                throw Corrupt($"has {_done:N0} bytes unpacked and not {_length:N0}");
            if (_checksum is not null)
                _hash.Append(rest[..count]);
            total += count;
            _done += count;
        }
        if (_done == _length && !_isVerified)
            Verify();
        return total;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _unpacked.Dispose();
        base.Dispose(disposing);
    }

    private void Verify()
    {
        Span<byte> more = stackalloc byte[1];
        if (ReadSome(more) != 0)
            throw Corrupt($"unpacks to more than {_length:N0} bytes");
        if (_checksum is { } expected && (uint)_hash.Finish() != expected)
            throw Corrupt($"does not match its checksum {expected:x8} in the seek table");
        _isVerified = true;
    }

    private int ReadSome(Span<byte> buffer)
    {
        try
        {
            return _unpacked.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw Corrupt($"is damaged before offset {_frame.Offset + _packed.Done:N0}, after {_done:N0} unpacked bytes ({e.Message.TrimEnd('.')})");
        }
    }

    private ImageException Corrupt(string what) => ImageException.Corrupt("Zstd", _file.Name, $"the zstd frame at offset {_frame.Offset:N0} {what}");
}
