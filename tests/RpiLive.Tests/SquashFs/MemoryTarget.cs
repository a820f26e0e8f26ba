using RpiLive.Core.Streams;

namespace RpiLive.Tests.SquashFs;

/// <summary>Output in memory that insists on the order that the writer promises.</summary>
internal sealed class MemoryTarget : RandomAccessTarget
{
    private byte[] _bytes = [];
    private int _length;
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public override string Name => "memory";

    public byte[] Bytes => _bytes[.._length];

    public override void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(_thread, Environment.CurrentManagedThreadId);
        Assert.True(offset == 0 || offset == Math.Max(_length, 96), $"Written at {offset} after {_length}.");
        int end = (int)offset + bytes.Length;
        if (end > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(end, 2 * _bytes.Length));
        bytes.CopyTo(_bytes.AsSpan((int)offset));
        _length = Math.Max(_length, end);
    }
}
