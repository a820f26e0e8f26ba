namespace RpiLive.Codecs;

/// <summary>
/// Compresses into a buffer that any frame fits, and looks at the size afterwards. In less room the library may give up on a
/// frame that would have fitted, by a few bytes, so the result would depend on the room.
/// </summary>
internal abstract class FramedZstdEngine : IZstdEngine
{
    private byte[] _frame = [];

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int bound = Bound(source.Length);
        if (_frame.Length < bound)
            _frame = GC.AllocateUninitializedArray<byte>(bound);
        int length = Pack(source, _frame);
        if (length > destination.Length)
            return 0;
        _frame.AsSpan(0, length).CopyTo(destination);
        return length;
    }

    public abstract void Dispose();

    /// <summary>The most bytes that the frame of so many bytes can have.</summary>
    protected abstract int Bound(int length);

    /// <summary>Compresses into a buffer of <see cref="Bound"/> bytes at least.</summary>
    /// <returns>The size of the frame.</returns>
    protected abstract int Pack(ReadOnlySpan<byte> source, byte[] frame);
}
