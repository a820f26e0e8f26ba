using RpiLive.Core.Errors;
using RpiLive.Core.Packed;

namespace RpiLive.Tests.Packed;

/// <summary>Blocks whose content is a function of the offset, with failures where asked for; keeps count of what is open.</summary>
internal sealed class FakeBlocks : PackedBlocks
{
    private readonly PackedBlock[] _blocks;
    private int _open, _mostOpen;

    public FakeBlocks(params IEnumerable<long> lengths)
    {
        long offset = 0;
        _blocks = [.. lengths.Select(length => new PackedBlock((offset += length) - length, length))];
    }

    public override string Name => "fake";

    public override IReadOnlyList<PackedBlock> Blocks => _blocks;

    /// <summary>Gives the error of the read that goes behind an offset of the image, or null.</summary>
    public Func<int, long, ImageException?> Failure { get; init; } = (_, _) => null;

    public int OpenCount => Volatile.Read(ref _open);

    public int MostOpen => Volatile.Read(ref _mostOpen);

    public bool IsDisposed { get; private set; }

    public static byte At(long offset) => (byte)((offset * 31) ^ (offset >> 11) ^ (offset >> 20));

    public static void AssertContent(long offset, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != At(offset + i))
                Assert.Fail($"Wrong byte at {offset + i}.");
        }
    }

    public override BlockUnpacker Open(int index)
    {
        int open = Interlocked.Increment(ref _open);
        for (int most = _mostOpen; open > most && Interlocked.CompareExchange(ref _mostOpen, open, most) != most; most = _mostOpen)
        {
        }
        return new Unpacker(this, index);
    }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }

    private sealed class Unpacker(FakeBlocks owner, int index) : BlockUnpacker
    {
        private long _position = owner._blocks[index].Offset;

        public override long MemoryBytes => 0;

        public override int Read(Span<byte> buffer)
        {
            buffer = buffer[..(int)Math.Min(buffer.Length, owner._blocks[index].Offset + owner._blocks[index].Length - _position)];
            if (owner.Failure(index, _position + buffer.Length) is { } error)
                throw error;
            for (int i = 0; i < buffer.Length; i++)
                buffer[i] = At(_position + i);
            _position += buffer.Length;
            return buffer.Length;
        }

        protected override void Dispose(bool disposing)
        {
            Interlocked.Decrement(ref owner._open);
            base.Dispose(disposing);
        }
    }
}
