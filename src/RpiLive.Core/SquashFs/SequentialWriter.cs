using RpiLive.Core.Streams;

namespace RpiLive.Core.SquashFs;

/// <summary>Appends to a target, in large pieces.</summary>
internal sealed class SequentialWriter(RandomAccessTarget target, long start)
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(1 << 20);
    private long _flushed = start;
    private int _used;

    public long Position => _flushed + _used;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, _buffer.Length - _used);
            bytes[..count].CopyTo(_buffer.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
            if (_used == _buffer.Length)
                Flush();
        }
    }

    public void Flush()
    {
        target.Write(_flushed, _buffer.AsSpan(0, _used));
        _flushed += _used;
        _used = 0;
    }
}
