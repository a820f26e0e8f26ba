using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Xz;

/// <summary>
/// LZMA2, the chunks around LZMA, as "The .xz File Format" 1.2.1 refers to it (section 5.3.1) and the LZMA SDK describes it.
/// Takes its input from a range of a source; one object serves many blocks, one after another.
/// </summary>
internal sealed class Lzma2Decoder
{
    /// <summary>The most bytes of a ring: what the largest preset of xz needs is 64 MiB.</summary>
    public const long MaxRing = 256 << 20;

    private const int MaxPackedChunk = 1 << 16, InputLength = 4 * MaxPackedChunk;
    private const int LzmaHeaderLength = 6, PlainHeaderLength = 3, RangeStartLength = 5;

    /// <summary>Bytes of ring that are taken for each packed byte before the content proves that there is more.</summary>
    private const int ExpectedRatio = 16, MinRing = 1 << 16;

    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(InputLength + LzmaDecoder.InputSlack);
    private readonly LzmaDecoder _lzma = new();
    private RandomAccessSource _source = null!;
    private long _next, _packedEnd, _left;
    private int _maxRing;
    private int _at, _filled;
    private int _chunkLeft, _chunkEnd;
    private bool _isLzma, _needsDictionary, _needsProperties;

    /// <summary>Bytes of memory held.</summary>
    public long MemoryBytes => _lzma.MemoryBytes + _input.Length;

    /// <summary>Starts a block.</summary>
    /// <param name="source">The file.</param>
    /// <param name="offset">First byte of the LZMA2 data.</param>
    /// <param name="length">Size of the LZMA2 data, with the end marker.</param>
    /// <param name="unpackedLength">Size of the content.</param>
    /// <param name="dictionary">Size of the dictionary; the smaller of it and the content at most <see cref="MaxRing"/>.</param>
    public void Start(RandomAccessSource source, long offset, long length, long unpackedLength, long dictionary)
    {
        _source = source;
        _next = offset;
        _packedEnd = offset + length;
        _left = unpackedLength;
        _at = _filled = 0;
        _chunkLeft = 0;
        _isLzma = false;
        _needsDictionary = _needsProperties = true;
        _maxRing = (int)((Math.Min(dictionary + LzmaDecoder.RingSlack, unpackedLength) + 15) & ~15L);
        long expected = Math.Max(MinRing, length <= MaxRing ? length * ExpectedRatio : MaxRing);
        _lzma.Start((int)Math.Min(dictionary, _maxRing), (int)Math.Min(_maxRing, expected));
    }

    /// <summary>Unpacks the next bytes: as many as asked for while the block has them.</summary>
    /// <exception cref="ImageException"><c>CorruptXz</c>. The end of the data is verified with the last byte.</exception>
    public int Read(Span<byte> buffer)
    {
        buffer = buffer[..(int)Math.Min(buffer.Length, _left)];
        for (int done = 0; done < buffer.Length;)
        {
            if (_chunkLeft == 0 && !NextChunk())
                throw Corrupt($"the LZMA2 data end {_left:N0} bytes before the block does");
            if (_lzma.Room == 0)
                MakeRoom();
            int start = _lzma.Position, count = Math.Min(Math.Min(_chunkLeft, buffer.Length - done), _lzma.Room);
            Unpack(count);
            _lzma.Ring.AsSpan(start, count).CopyTo(buffer[done..]);
            _chunkLeft -= count;
            _left -= count;
            done += count;
        }
        if (_left == 0 && buffer.Length > 0)
            Finish();
        return buffer.Length;
    }

    /// <summary>Offset in the file of the next packed byte.</summary>
    private long Offset => _next - (_filled - _at);

    private void MakeRoom()
    {
        if (_lzma.RingLength < _maxRing)
            _lzma.Grow((int)Math.Min(2L * _lzma.RingLength, _maxRing));
        else
            _lzma.StartOver();
    }

    private void Unpack(int count)
    {
        if (!_isLzma)
        {
            _lzma.Put(_input.AsSpan(_at, count));
            _at += count;
            return;
        }
        LzmaFault fault = _lzma.Run(_input, ref _at, _chunkEnd, count);
        if (fault == LzmaFault.BadDistance)
            throw Corrupt("the LZMA2 data refer to content before their start");
        if (fault != LzmaFault.None)
            throw Corrupt("a chunk of the LZMA2 data is too short for its content");
    }

    private void Finish()
    {
        if (_chunkLeft > 0 || NextChunk() || Offset != _packedEnd)
            throw Corrupt("the LZMA2 data go on after the content has ended");
    }

    /// <summary>Reads the header of the next chunk; false at the end marker.</summary>
    private bool NextChunk()
    {
        if (_isLzma && !_lzma.IsFinished(_input, _at, _chunkEnd))
            throw Corrupt("a chunk of the LZMA2 data does not end with its content");
        if (_isLzma)
            _at = _chunkEnd;
        _isLzma = false;
        Require(1);
        byte control = _input[_at];
        if (control == 0)
        {
            _at++;
            return false;
        }
        if (control >= 0x80)
            StartLzmaChunk(control);
        else
            StartPlainChunk(control);
        if (_chunkLeft > _left)
            throw Corrupt("a chunk of the LZMA2 data has more content than the block");
        return true;
    }

    private void StartPlainChunk(byte control)
    {
        if (control > 2)
            throw Corrupt($"the LZMA2 data have a chunk of the unknown kind 0x{control:X2}");
        Require(PlainHeaderLength);
        int length = BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(_at + 1)) + 1;
        if (control == 1)
            ResetDictionary();
        RequireDictionary();
        _at += PlainHeaderLength;
        Require(length);
        _chunkLeft = length;
    }

    private void StartLzmaChunk(byte control)
    {
        bool newProperties = control >= 0xC0;
        int headerLength = newProperties ? LzmaHeaderLength : LzmaHeaderLength - 1;
        Require(headerLength);
        ReadOnlySpan<byte> header = _input.AsSpan(_at, headerLength);
        int unpacked = (((control & 0x1F) << 16) | BinaryPrimitives.ReadUInt16BigEndian(header[1..])) + 1;
        int packed = BinaryPrimitives.ReadUInt16BigEndian(header[3..]) + 1;
        if (control >= 0xE0)
            ResetDictionary();
        RequireDictionary();
        if (newProperties)
        {
            if (!_lzma.TrySetProperties(header[5]))
                throw Corrupt($"the LZMA2 data have the wrong properties 0x{header[5]:X2}");
            _needsProperties = false;
        }
        if (_needsProperties)
            throw Corrupt("the LZMA2 data do not begin with properties");
        if (control >= 0xA0)
            _lzma.ResetState();
        _at += headerLength;
        if (packed < RangeStartLength)
            throw Corrupt($"a chunk of the LZMA2 data has only {packed} bytes");
        Require(packed);
        if (!_lzma.TryStartRange(_input.AsSpan(_at, RangeStartLength)))
            throw Corrupt("a chunk of the LZMA2 data does not begin as one");
        _chunkEnd = _at + packed;
        _at += RangeStartLength;
        _chunkLeft = unpacked;
        _isLzma = true;
    }

    private void ResetDictionary()
    {
        _needsDictionary = false;
        _needsProperties = true;
        _lzma.ResetDictionary();
    }

    private void RequireDictionary()
    {
        if (_needsDictionary)
            throw Corrupt("the LZMA2 data do not begin with a new dictionary");
    }

    /// <summary>Makes sure that the next bytes are in the buffer, in one piece.</summary>
    private void Require(int count)
    {
        if (_filled - _at >= count)
            return;
        if (_packedEnd - Offset < count)
            throw Corrupt($"a chunk of the LZMA2 data goes on behind their end at offset {_packedEnd:N0}");
        _input.AsSpan(_at, _filled - _at).CopyTo(_input);
        _filled -= _at;
        _at = 0;
        int more = (int)Math.Min(InputLength - _filled, _packedEnd - _next);
        _source.ReadExactly(_next, _input.AsSpan(_filled, more));
        _next += more;
        _filled += more;
    }

    private ImageException Corrupt(string what) => XzErrors.Corrupt(_source, Offset, what);
}
