using RpiLive.Core.Packed;

namespace RpiLive.Core.Inputs;

/// <summary>Reads all blocks of a packed image, one after the other.</summary>
internal sealed class BlocksReader(PackedBlocks blocks) : SequentialReader
{
    private BlockUnpacker? _unpacker;
    private int _next;
    private long _done;

    public override long? Length => blocks.Length;

    public override long Done => _done;

    public override long Total => blocks.Length;

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            if (_unpacker is null)
            {
                if (_next == blocks.Blocks.Count)
                    return 0;
                _unpacker = blocks.Open(_next++);
            }
            int count = _unpacker.Read(buffer);
            _done += count;
            if (count > 0)
                return count;
            _unpacker.Dispose();
            _unpacker = null;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _unpacker?.Dispose();
        base.Dispose(disposing);
    }
}
