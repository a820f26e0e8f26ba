using RpiLive.Core.Errors;
using RpiLive.Core.Packed;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Xz;

/// <summary>Unpacks a block of an .xz file and verifies its padding and check ("The .xz File Format" 1.2.1, sections 3.3 and 3.4).</summary>
internal sealed class XzBlockUnpacker : BlockUnpacker
{
    private readonly RandomAccessSource _source;
    private readonly XzBlock _block;
    private readonly XzCheck _check;
    private readonly Action<Lzma2Decoder> _return;
    private Lzma2Decoder? _decoder;
    private long _left;

    /// <summary>Starts on a block.</summary>
    /// <param name="source">The file.</param>
    /// <param name="block">The block.</param>
    /// <param name="unpackedLength">Size of its content.</param>
    /// <param name="header">Its header.</param>
    /// <param name="decoder">What unpacks.</param>
    /// <param name="giveBack">Takes the decoder in the end.</param>
    public XzBlockUnpacker(
        RandomAccessSource source, XzBlock block, long unpackedLength, XzBlockHeader header, Lzma2Decoder decoder, Action<Lzma2Decoder> giveBack)
    {
        _source = source;
        _block = block;
        _left = unpackedLength;
        _check = new(block.Check);
        _decoder = decoder;
        _return = giveBack;
        long packed = block.UnpaddedLength - header.Length - XzFormat.CheckLength(block.Check);
        decoder.Start(source, block.Offset + header.Length, packed, unpackedLength, header.Dictionary);
    }

    /// <inheritdoc/>
    public override long MemoryBytes => _decoder?.MemoryBytes ?? 0;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_decoder is null, this);
        int count = _decoder.Read(buffer);
        _check.Append(buffer[..count]);
        _left -= count;
        if (_left == 0 && count > 0)
            VerifyEnd();
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _decoder is { } decoder)
        {
            _decoder = null;
            _check.Dispose();
            _return(decoder);
        }
        base.Dispose(disposing);
    }

    private void VerifyEnd()
    {
        int checkLength = XzFormat.CheckLength(_block.Check);
        int padding = (int)(XzFormat.Pad(_block.UnpaddedLength) - _block.UnpaddedLength);
        Span<byte> tail = stackalloc byte[padding + checkLength];
        long offset = _block.Offset + _block.UnpaddedLength - checkLength;
        _source.ReadExactly(offset, tail);
        if (tail[..padding].ContainsAnyExcept((byte)0))
            throw XzErrors.Corrupt(_source, offset, "the padding of a block is not zero");
        if (!_check.Matches(tail[padding..]))
            throw XzErrors.Corrupt(_source, _block.Offset, $"the checksum of the block does not match its content");
    }
}
