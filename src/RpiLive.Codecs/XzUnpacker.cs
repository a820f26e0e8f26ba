using System.Buffers.Binary;
using System.Security.Cryptography;
using RpiLive.Core.Errors;
using SharpCompress.Compressors.LZMA;
using SharpCompress.Compressors.Xz;

namespace RpiLive.Codecs;

/// <summary>
/// The container of .xz files ("The .xz File Format", version 1.2.1, tukaani.org) around the library's LZMA2 decoder.
/// Our own because the library's stops after the first of several concatenated streams, takes any dictionary size that
/// the input claims (up to 4 GiB) and knows no limit for the result.
/// </summary>
internal sealed class XzUnpacker(byte[] input, int limit) : IDisposable
{
    private const int StreamHeaderLength = 12;
    private const int StreamFooterLength = 12;
    private const ulong Lzma2FilterId = 0x21;

    private static readonly byte[] s_headerMagic = [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];

    /// <summary>Size of the check field by check type.</summary>
    private static readonly int[] s_checkLengths = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

    private readonly MemoryStream _output = new();
    private readonly List<(ulong UnpaddedSize, ulong UncompressedSize)> _blocks = [];
    private int _position;

    /// <summary>Unpacks all streams of the input.</summary>
    public byte[] Unpack()
    {
        do
        {
            UnpackStream();
            SkipStreamPadding();
        }
        while (_position < input.Length);
        return _output.ToArray();
    }

    public void Dispose() => _output.Dispose();

    private static ImageException Corrupt(string what) => ImageException.Corrupt("Codec", "xz", what);

    private static ImageException Unsupported(string what) => ImageException.Unsupported("Codec", "xz", what);

    private static void VerifyCrc32(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> stored, string what)
    {
        if (~Crc32.Update(Crc32.DefaultSeed, bytes) != BinaryPrimitives.ReadUInt32LittleEndian(stored))
            throw Corrupt($"the CRC-32 of the {what} does not match");
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> bytes, ref int position)
    {
        ulong value = 0;
        for (int shift = 0; shift < 63 && position < bytes.Length; shift += 7)
        {
            byte next = bytes[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw Corrupt("a variable-length number does not end");
    }

    private static void RequireZeros(ReadOnlySpan<byte> bytes, string what)
    {
        if (bytes.ContainsAnyExcept((byte)0))
            throw Corrupt($"the {what} is not zero");
    }

    private void UnpackStream()
    {
        ReadOnlySpan<byte> header = Take(StreamHeaderLength, "stream header");
        if (!header.StartsWith(s_headerMagic))
            throw Corrupt($"no stream header at offset {_position - StreamHeaderLength:N0}");
        ReadOnlySpan<byte> flags = header.Slice(6, 2);
        VerifyCrc32(flags, header[8..], "stream header");
        if (flags[0] != 0 || flags[1] > 15)
            throw Unsupported($"the stream flags are 0x{flags[0]:X2}{flags[1]:X2}");

        _blocks.Clear();
        while (Peek() != 0)
            UnpackBlock(flags[1]);
        int indexLength = ReadIndex();

        ReadOnlySpan<byte> footer = Take(StreamFooterLength, "stream footer");
        VerifyCrc32(footer.Slice(4, 6), footer, "stream footer");
        if (!footer[10..].SequenceEqual("YZ"u8) || !footer.Slice(8, 2).SequenceEqual(flags))
            throw Corrupt("the stream footer does not match the stream header");
        if ((BinaryPrimitives.ReadUInt32LittleEndian(footer[4..]) + 1L) * 4 != indexLength)
            throw Corrupt("the stream footer gives a wrong size of the index");
    }

    private void UnpackBlock(int checkType)
    {
        int headerLength = (Peek() + 1) * 4;
        ReadOnlySpan<byte> header = Take(headerLength, "block header");
        VerifyCrc32(header[..^4], header[^4..], "block header");
        header = header[..^4];
        int flags = header[1];
        if ((flags & 0x3C) != 0)
            throw Unsupported($"the block flags are 0x{flags:X2}");
        int at = 2;
        ulong? compressedSize = (flags & 0x40) != 0 ? ReadNumber(header, ref at) : null;
        ulong? uncompressedSize = (flags & 0x80) != 0 ? ReadNumber(header, ref at) : null;
        if ((flags & 3) != 0 || ReadNumber(header, ref at) != Lzma2FilterId)
            throw Unsupported("a block uses a filter other than LZMA2, such as a BCJ filter");
        if (ReadNumber(header, ref at) != 1 || at >= header.Length || header[at] > 40)
            throw Corrupt("the LZMA2 properties of a block are wrong");
        byte dictionary = header[at];
        RequireZeros(header[(at + 1)..], "padding of a block header");

        long before = _output.Length;
        int data = _position;
        UnpackLzma2(dictionary);
        int packed = _position - data;
        long unpacked = _output.Length - before;
        if ((compressedSize ?? (ulong)packed) != (ulong)packed || (uncompressedSize ?? (ulong)unpacked) != (ulong)unpacked)
            throw Corrupt("the sizes in a block header do not match the block");

        RequireZeros(Take((4 - (packed & 3)) & 3, "padding of a block"), "padding of a block");
        ReadOnlySpan<byte> check = Take(s_checkLengths[checkType], "check of a block");
        Verify(checkType, _output.GetBuffer().AsSpan((int)before, (int)unpacked), check);
        _blocks.Add(((ulong)(headerLength + packed + check.Length), (ulong)unpacked));
    }

    private void UnpackLzma2(byte dictionary)
    {
        // No match reaches further back than the result is long.
        while (dictionary > 0 && (2L | ((dictionary - 1) & 1)) << (((dictionary - 1) / 2) + 11) >= limit)
            dictionary--;
        using MemoryStream packed = new(input, _position, input.Length - _position, writable: false);
        try
        {
            using LzmaStream lzma = LzmaStream.Create([dictionary], packed, -1, -1, presetDictionary: null, isLzma2: true, leaveOpen: true);
            byte[] chunk = new byte[1 << 16];
            for (int count; (count = lzma.Read(chunk, 0, chunk.Length)) > 0;)
            {
                if (count > limit - _output.Length)
                    throw Corrupt($"the input unpacks to more than the {limit:N0} bytes it may have");
                _output.Write(chunk, 0, count);
            }
        }
        // The decoder reports damage by many kinds of exception, index errors among them.
        catch (Exception e) when (e is not (ImageException or OutOfMemoryException))
        {
            throw Corrupt($"the LZMA2 data at offset {_position:N0} are damaged ({e.Message.TrimEnd('.')})");
        }
        _position += (int)packed.Position;
    }

    private static void Verify(int checkType, ReadOnlySpan<byte> content, ReadOnlySpan<byte> stored)
    {
        bool matches = checkType switch
        {
            0 => true,
            1 => ~Crc32.Update(Crc32.DefaultSeed, content) == BinaryPrimitives.ReadUInt32LittleEndian(stored),
            4 => ~Crc64.UpdateXz(ulong.MaxValue, content) == BinaryPrimitives.ReadUInt64LittleEndian(stored),
            10 => SHA256.HashData(content).AsSpan().SequenceEqual(stored),
            _ => throw Unsupported($"the check type is {checkType}"),
        };
        if (!matches)
            throw Corrupt("the checksum of a block does not match its content");
    }

    private int ReadIndex()
    {
        int start = _position;
        ReadOnlySpan<byte> rest = input.AsSpan(start);
        int at = 1;
        if (ReadNumber(rest, ref at) != (ulong)_blocks.Count)
            throw Corrupt("the index does not list every block");
        foreach ((ulong unpaddedSize, ulong uncompressedSize) in _blocks)
        {
            if (ReadNumber(rest, ref at) != unpaddedSize || ReadNumber(rest, ref at) != uncompressedSize)
                throw Corrupt("the sizes in the index do not match the blocks");
        }
        int length = (at + 3) & ~3;
        ReadOnlySpan<byte> index = Take(length, "index");
        RequireZeros(index[at..], "padding of the index");
        VerifyCrc32(index, Take(4, "CRC-32 of the index"), "index");
        return length + 4;
    }

    private void SkipStreamPadding()
    {
        int start = _position;
        while (_position < input.Length && input[_position] == 0)
            _position++;
        if ((_position - start) % 4 != 0)
            throw Corrupt("the padding after a stream is not a multiple of four bytes");
    }

    private byte Peek() => _position < input.Length ? input[_position] : throw Corrupt($"it ends at offset {_position:N0}, inside a stream");

    private ReadOnlySpan<byte> Take(int length, string what)
    {
        if (length > input.Length - _position)
            throw Corrupt($"it ends inside the {what} at offset {_position:N0}");
        _position += length;
        return input.AsSpan(_position - length, length);
    }
}
