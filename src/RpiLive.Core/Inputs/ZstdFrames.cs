using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Packed;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>A .zst file whose frames all tell their unpacked size, themselves or in a seek table.</summary>
internal sealed class ZstdFrames : PackedBlocks
{
    private readonly RandomAccessSource _file;
    private readonly ICodecs _codecs;
    private readonly CancellationToken _cancellation;
    private readonly List<PackedBlock> _blocks = [];
    private readonly List<(ZstdFrame Frame, uint? Checksum)> _frames = [];

    private ZstdFrames(RandomAccessSource file, ICodecs codecs, CancellationToken cancellation)
    {
        _file = file;
        _codecs = codecs;
        _cancellation = cancellation;
    }

    /// <inheritdoc/>
    public override string Name => _file.Name;

    /// <inheritdoc/>
    public override IReadOnlyList<PackedBlock> Blocks => _blocks;

    /// <summary>Looks at all frames.</summary>
    /// <param name="file">The .zst file; not closed by the result.</param>
    /// <param name="codecs">What unpacks the frames.</param>
    /// <param name="cancellation">Ends this and all later reading.</param>
    /// <returns>Null where a frame does not tell its size.</returns>
    /// <exception cref="ImageException"><c>CorruptZstd</c>, <c>UnsupportedZstd</c> or <see cref="ErrorIds.TooLarge"/>.</exception>
    public static ZstdFrames? TryOpen(RandomAccessSource file, ICodecs codecs, CancellationToken cancellation)
    {
        List<ZstdFrame> frames = ZstdWalk.Frames(file, cancellation);
        ZstdSeekEntry[]? table = ZstdSeekTable.Read(file, frames);
        ZstdFrames result = new(file, codecs, cancellation);
        for (int i = 0; i < frames.Count; i++)
        {
            ZstdSeekEntry? entry = i < table?.Length ? table[i] : null;
            if ((frames[i].ContentLength ?? entry?.Length) is not { } length)
                return null;
            result.Add(frames[i], length, entry?.Checksum);
        }
        return result;
    }

    /// <inheritdoc/>
    public override BlockUnpacker Open(int index) =>
        new ZstdFrameUnpacker(_file, _frames[index].Frame, _blocks[index].Length, _frames[index].Checksum, _codecs, _cancellation);

    private void Add(ZstdFrame frame, long length, uint? checksum)
    {
        if (length > ImageInput.MaxImageLength - Length)
            throw ImageInput.TooLarge(Name);
        if (length > 0)
        {
            _blocks.Add(new PackedBlock(Length, length));
            _frames.Add((frame, checksum));
        }
        else if (!frame.IsSkippable)
        {
            // Nobody will ever read this one, but it has a checksum and could have content after all.
            using ZstdFrameUnpacker unpacker = new(_file, frame, 0, checksum, _codecs, _cancellation);
            unpacker.Read([]);
        }
    }
}
