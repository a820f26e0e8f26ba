using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>
/// Finds the frames of a .zst file by the sizes of their blocks, without unpacking (RFC 8878, section 3.1). So a file that is cut
/// short, or has something appended, is known before the work, and each frame can be unpacked by itself.
/// </summary>
internal sealed class ZstdWalk
{
    /// <summary>The most frames of a file: enough for 64 GiB in frames of 64 KiB.</summary>
    public const int MaxFrames = 1 << 20;

    /// <summary>The largest window that is unpacked; also the limit of <c>zstd -d</c> without <c>--long</c>.</summary>
    public const int MaxWindowLog = 27;

    private const int MaxBlockLength = 128 << 10;
    private const int RawBlock = 0, RunBlock = 1, CompressedBlock = 2;

    private readonly RandomAccessSource _file;
    private readonly CancellationToken _cancellation;
    private readonly byte[] _bytes = new byte[8];
    private long _position;
    private long _frame;

    private ZstdWalk(RandomAccessSource file, CancellationToken cancellation)
    {
        _file = file;
        _cancellation = cancellation;
    }

    /// <summary>All frames in the order of the file.</summary>
    /// <exception cref="ImageException"><c>CorruptZstd</c> or <c>UnsupportedZstd</c>.</exception>
    public static List<ZstdFrame> Frames(RandomAccessSource file, CancellationToken cancellation)
    {
        ZstdWalk walk = new(file, cancellation);
        List<ZstdFrame> frames = [];
        while (walk._position < file.Length)
        {
            if (frames.Count == MaxFrames)
                throw ImageException.Unsupported("Zstd", file.Name, $"it has more than {MaxFrames:N0} zstd frames");
            frames.Add(walk.Next());
        }
        return frames;
    }

    private ZstdFrame Next()
    {
        _frame = _position;
        uint magic = _file.Length - _position < sizeof(uint) ? 0 : (uint)Take(sizeof(uint), "magic number");
        if (ZstdFrame.IsSkippableMagic(magic))
        {
            Skip((long)Take(sizeof(uint), "size of a skippable frame"), "skippable frame");
            return new ZstdFrame(_frame, _position - _frame, 0, 0, IsSkippable: true);
        }
        if (magic != ZstdFrame.Magic)
            throw Corrupt($"{_file.Length - _frame:N0} bytes at offset {_frame:N0} are no zstd frame");

        int descriptor = (int)Take(1, "header");
        bool isSingleSegment = (descriptor & 0x20) != 0, hasChecksum = (descriptor & 4) != 0;
        if ((descriptor & 8) != 0)
            throw Unsupported("uses a feature that is not known (reserved bit)");
        long window = isSingleSegment ? 0 : Window((int)Take(1, "header"));
        if (Take((descriptor & 3) switch { 3 => 4, int width => width }, "header") != 0)
            throw Unsupported("needs a dictionary");
        ulong? stated = (descriptor >> 6) switch
        {
            0 => isSingleSegment ? Take(1, "header") : null,
            1 => Take(2, "header") + 256,
            2 => Take(4, "header"),
            _ => Take(8, "header"),
        };
        if (stated > ImageInput.MaxImageLength)
            throw ImageInput.TooLarge(_file.Name);
        long? length = (long?)stated;
        if (isSingleSegment)
            window = length!.Value;
        if (window > 1L << MaxWindowLog)
        {
            throw new ImageException("UnsupportedZstd", ImageErrorKind.Unsupported,
                $"{_file.Name}: the zstd frame at offset {_frame:N0} needs {window:N0} bytes of memory to unpack; at most {1 << MaxWindowLog:N0} are given.",
                "Unpack it with zstd -d --long=31 and pass the .img file.");
        }
        SkipBlocks();
        if (hasChecksum)
            Skip(sizeof(uint), "checksum");
        return new ZstdFrame(_frame, _position - _frame, window, length, IsSkippable: false);
    }

    private static long Window(int descriptor)
    {
        long power = 1L << (10 + (descriptor >> 3));
        return power + power / 8 * (descriptor & 7);
    }

    private void SkipBlocks()
    {
        for (bool isLast = false; !isLast;)
        {
            _cancellation.ThrowIfCancellationRequested();
            long offset = _position;
            int header = (int)Take(3, "block header");
            isLast = (header & 1) != 0;
            int type = (header >> 1) & 3, size = header >> 3;
            if (type > CompressedBlock || size > MaxBlockLength)
                throw Corrupt($"the block at offset {offset:N0} has the type {type} and {size:N0} bytes, which cannot be");
            Skip(type == RunBlock ? 1 : size, type == RawBlock ? "raw block" : "block");
        }
    }

    private ulong Take(int width, string what)
    {
        long offset = _position;
        Skip(width, what);
        _bytes.AsSpan().Clear();
        _file.ReadExactly(offset, _bytes.AsSpan(0, width));
        return BinaryPrimitives.ReadUInt64LittleEndian(_bytes);
    }

    private void Skip(long length, string what)
    {
        if (length > _file.Length - _position)
            throw Corrupt($"it is cut short: the {what} at offset {_position:N0} needs {length:N0} bytes, but the file ends at offset {_file.Length:N0}");
        _position += length;
    }

    private ImageException Corrupt(string what) => ImageException.Corrupt("Zstd", _file.Name, what);

    private ImageException Unsupported(string what) => ImageException.Unsupported("Zstd", _file.Name, $"the zstd frame at offset {_frame:N0} {what}");
}
