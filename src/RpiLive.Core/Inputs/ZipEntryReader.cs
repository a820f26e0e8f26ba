using System.IO.Compression;
using RpiLive.Core.Checksums;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>Unpacks a stored or deflated file of a ZIP archive; at its end sizes and CRC-32 have been verified.</summary>
internal sealed class ZipEntryReader : SequentialReader
{
    private readonly RandomAccessSource _packed;
    private readonly ZipEntry _entry;
    private readonly DeflateInput? _input;
    private readonly Stream _content;
    private long _done;
    private uint _crc;

    /// <summary>Starts at the first byte.</summary>
    /// <param name="packed">The packed bytes.</param>
    /// <param name="entry">What the archive says of them; a method that can be read.</param>
    /// <param name="cancellation">Ends every further read.</param>
    public ZipEntryReader(RandomAccessSource packed, ZipEntry entry, CancellationToken cancellation)
    {
        _packed = packed;
        _entry = entry;
        if (entry.Method == ZipContent.Stored)
        {
            _content = new SourceStream(packed, 0, packed.Length, cancellation);
            return;
        }

        // The data must take all of the packed bytes: so the last one is served alone.
        _input = new DeflateInput(packed, 0, (position, max) => position + max < packed.Length ? max : Math.Max(max - 1, 1), cancellation);
        _content = new DeflateStream(_input, CompressionMode.Decompress);
    }

    public override long? Length => _entry.Length;

    public override long Done => _done;

    public override long Total => _entry.Length;

    public override int Read(Span<byte> buffer)
    {
        int count;
        try
        {
            count = _content.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw Corrupt($"its compressed data are damaged before byte {_input!.Offset:N0} of them, after {_done:N0} unpacked bytes ({e.Message.TrimEnd('.')})");
        }
        if (count == 0)
        {
            Verify();
            return 0;
        }
        _crc = Crc32.Update(_crc, buffer[..count]);
        _done += count;
        if (_done > _entry.Length)
            throw Corrupt($"it unpacks to more than the {_entry.Length:N0} bytes that the archive says");
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }

    private void Verify()
    {
        if (_input is { RanOut: true })
            throw Corrupt($"its compressed data are cut short: they do not end within their {_packed.Length:N0} bytes");
        if (_done != _entry.Length)
            throw Corrupt($"it unpacks to {_done:N0} bytes, but the archive says {_entry.Length:N0}");
        if (_crc != _entry.Crc)
            throw Corrupt($"its content has the CRC-32 {_crc:x8}, but the archive says {_entry.Crc:x8}");
        if (_input is not null && (!_input.EndIsExact || _input.Offset != _packed.Length))
            throw Corrupt($"its compressed data end before byte {_input.Offset:N0} of {_packed.Length:N0}");
    }

    private ImageException Corrupt(string what) => ImageException.Corrupt("Zip", _packed.Name, what);
}
