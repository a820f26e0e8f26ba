using System.Buffers.Binary;
using System.IO.Compression;
using RpiLive.Core.Checksums;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>
/// Unpacks a .gz file: one member after the other, each verified by its CRC-32 and its size, and zeros after the last one, which
/// <c>gzip</c> takes for padding. Anything else after a member is an error.
/// </summary>
internal sealed class GzipReader : SequentialReader
{
    private const int TrailerLength = 8;

    private readonly RandomAccessSource _file;
    private readonly CancellationToken _cancellation;

    /// <summary>From here on there are nothing but zeros.</summary>
    private readonly long _zeros;

    private readonly byte[] _ahead = new byte[16 << 10];
    private long _position;
    private long _member;
    private DeflateInput? _input;
    private DeflateStream? _inflater;
    private uint _crc;
    private uint _length;

    /// <summary>Looks at the end of the file; the members are checked as they are read.</summary>
    public GzipReader(RandomAccessSource file, CancellationToken cancellation)
    {
        _file = file;
        _cancellation = cancellation;
        _zeros = FindZeros();
    }

    /// <summary>Unknown: the size in the trailer is modulo 2^32.</summary>
    public override long? Length => null;

    public override long Done => _input?.Offset ?? _position;

    public override long Total => _file.Length;

    public override int Read(Span<byte> buffer)
    {
        while (_inflater is not null || OpenMember())
        {
            int count = Inflate(buffer);
            if (count > 0)
            {
                _crc = Crc32.Update(_crc, buffer[..count]);
                _length += (uint)count;
                return count;
            }
            CloseMember();
        }
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inflater?.Dispose();
        base.Dispose(disposing);
    }

    private int Inflate(Span<byte> buffer)
    {
        try
        {
            return _inflater!.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw Corrupt($"the compressed data are damaged before offset {_input!.Offset:N0}, in the gzip member that starts at offset {_member:N0}", e);
        }
    }

    private bool OpenMember()
    {
        _cancellation.ThrowIfCancellationRequested();
        bool isFirst = _position == 0;
        if (!isFirst && _position >= _zeros)
            return false;
        if (!isFirst && !StartsMember(_position))
            throw Corrupt($"{_file.Length - _position:N0} bytes at offset {_position:N0} follow the compressed data and are no gzip member");
        _member = _position;
        _position = GzipHeader.Read(_file, _member);
        _input = new DeflateInput(_file, _position, Step, _cancellation);
        _inflater = new DeflateStream(_input, CompressionMode.Decompress, leaveOpen: true);
        _crc = 0;
        _length = 0;
        return true;
    }

    private void CloseMember()
    {
        if (_input!.RanOut)
        {
            throw Corrupt($"it is cut short: it ends at offset {_file.Length:N0} inside the compressed data of the gzip member "
                + $"that starts at offset {_member:N0}");
        }
        if (!_input.EndIsExact)
        {
            throw Corrupt($"the gzip member that starts at offset {_member:N0} ends between the offsets {_input.LastOffset:N0} "
                + $"and {_input.Offset + TrailerLength:N0}, and neither another one nor the end of the file follows");
        }
        _position = _input.Offset;
        if (_file.Length - _position < TrailerLength)
            throw Corrupt($"it is cut short: the trailer of the gzip member at offset {_position:N0} needs {TrailerLength} bytes");
        Span<byte> trailer = stackalloc byte[TrailerLength];
        _file.ReadExactly(_position, trailer);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(trailer), length = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        if (crc != _crc)
        {
            throw Corrupt($"the content of the gzip member that starts at offset {_member:N0} has the CRC-32 {_crc:x8}, "
                + $"but its trailer at offset {_position:N0} says {crc:x8}");
        }
        if (length != _length)
        {
            throw Corrupt($"the content of the gzip member that starts at offset {_member:N0} has {_length:N0} bytes modulo 2^32, "
                + $"but its trailer at offset {_position:N0} says {length:N0}");
        }
        _position += TrailerLength;
        _inflater!.Dispose();
        _inflater = null;
        _input = null;
    }

    /// <summary>
    /// Compressed data can end only where, after the trailer, there is another member, the end of the file, or zeros up to it.
    /// So what is served stops a byte before each such place, and the byte after that is served alone.
    /// </summary>
    private int Step(long position, int max)
    {
        long tail = Math.Max(_zeros - TrailerLength - 1, 0);
        if (position >= tail)
            return 1;
        ReadOnlySpan<byte> magic = GzipHeader.Magic;
        int count = (int)Math.Min(Math.Min(max, tail - position), _ahead.Length - magic.Length + 1);

        // The first place where data that end after one more byte would have their trailer's successor.
        Span<byte> ahead = _ahead.AsSpan(0, count + magic.Length - 1);
        ahead = ahead[.._file.Read(position + 1 + TrailerLength, ahead)];
        int next = ahead.IndexOf(magic);
        return next < 0 ? count : Math.Max(next, 1);
    }

    private bool StartsMember(long offset)
    {
        Span<byte> magic = stackalloc byte[GzipHeader.Magic.Length];
        return _file.Read(offset, magic) == magic.Length && magic.SequenceEqual(GzipHeader.Magic);
    }

    private long FindZeros()
    {
        long end = _file.Length;
        Span<byte> piece = _ahead;
        while (end > 0)
        {
            _cancellation.ThrowIfCancellationRequested();
            Span<byte> part = piece[..(int)Math.Min(piece.Length, end)];
            _file.ReadExactly(end - part.Length, part);
            int last = part.LastIndexOfAnyExcept((byte)0);
            if (last >= 0)
                return end - part.Length + last + 1;
            end -= part.Length;
        }
        return 0;
    }

    private ImageException Corrupt(string what, Exception? inner = null) => inner is null
        ? ImageException.Corrupt("Gzip", _file.Name, what)
        : ImageException.Corrupt("Gzip", _file.Name, $"{what} ({inner.Message.TrimEnd('.')})");
}
