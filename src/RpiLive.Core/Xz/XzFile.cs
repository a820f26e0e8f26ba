using System.Collections.Concurrent;
using RpiLive.Core.Errors;
using RpiLive.Core.Packed;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Xz;

/// <summary>
/// An .xz file ("The .xz File Format", version 1.2.1, tukaani.org): all its streams, found by their indexes. LZMA2 without
/// further filters; checks none, CRC-32, CRC-64 and SHA-256. Blocks without content are passed over.
/// </summary>
public sealed class XzFile : PackedBlocks
{
    private readonly RandomAccessSource _source;
    private readonly XzBlock[] _blocks;
    private readonly PackedBlock[] _content;

    /// <summary>Decoders of finished blocks: their memory serves the blocks that follow.</summary>
    private readonly ConcurrentBag<Lzma2Decoder> _idle = [];

    /// <summary>Reads the indexes of the file.</summary>
    /// <param name="source">The file; closed with this object, unless the constructor fails.</param>
    /// <exception cref="ImageException">
    /// <c>CorruptXz</c>: not an .xz file, cut short, or an index contradicts the file. <c>UnsupportedXz</c>: stream flags or a
    /// check that the format does not define, or more than 1,048,576 blocks.
    /// </exception>
    public XzFile(RandomAccessSource source)
    {
        _source = source;
        (_blocks, _content) = XzIndex.Read(source);
    }

    /// <inheritdoc/>
    public override string Name => _source.Name;

    /// <inheritdoc/>
    public override IReadOnlyList<PackedBlock> Blocks => _content;

    /// <summary>True when a file begins as .xz files do.</summary>
    public static bool IsXz(ReadOnlySpan<byte> start) => start.StartsWith(XzFormat.HeaderMagic);

    /// <inheritdoc/>
    /// <exception cref="ImageException">
    /// <c>CorruptXz</c>: the header of the block is damaged or contradicts the index. <c>UnsupportedXz</c>: a filter other than
    /// LZMA2, a check that the format does not define, or a dictionary that takes more than 256 MiB.
    /// </exception>
    public override BlockUnpacker Open(int index)
    {
        XzBlock block = _blocks[index];
        long length = _content[index].Length;
        if (!XzCheck.IsKnown(block.Check))
            throw XzErrors.Unsupported(_source, block.Offset, $"the check of a block is of the unknown type {block.Check}");
        XzBlockHeader header = XzBlockHeader.Read(_source, block, length);
        long needed = Math.Min(header.Dictionary, length);
        if (needed > Lzma2Decoder.MaxRing)
        {
            throw XzErrors.Unsupported(_source, block.Offset,
                $"a block needs a dictionary of {needed >> 20:N0} MiB to unpack; {Lzma2Decoder.MaxRing >> 20} MiB is the most");
        }
        return new XzBlockUnpacker(_source, block, length, header, _idle.TryTake(out Lzma2Decoder? idle) ? idle : new(), GiveBack);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _idle.Clear();
            _source.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>There are never more than were at work at the same time.</summary>
    private void GiveBack(Lzma2Decoder decoder) => _idle.Add(decoder);
}
