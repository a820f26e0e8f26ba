using RpiLive.Core.Errors;

namespace RpiLive.Core.Streams;

/// <summary>
/// Bytes that can be read at any offset. All members are safe to call from several threads at once.
/// </summary>
public abstract class RandomAccessSource : IDisposable
{
    /// <summary>What errors call this input; for a file its path.</summary>
    public abstract string Name { get; }

    /// <summary>Size in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>True where reading is cheap only from front to back, as in compressed images.</summary>
    public virtual bool SeeksAreDear => false;

    /// <summary>Reads up to <c>buffer.Length</c> bytes at <paramref name="offset"/>.</summary>
    /// <param name="offset">Byte offset, 0 or more.</param>
    /// <param name="buffer">Where the bytes go.</param>
    /// <returns>The number of bytes read; less than asked only at the end of the source, 0 at or past it.</returns>
    public abstract int Read(long offset, Span<byte> buffer);

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/>.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.ImageTruncated"/>: the range is not wholly inside the source.</exception>
    public void ReadExactly(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > Length - buffer.Length || Read(offset, buffer) != buffer.Length)
            throw Truncated(offset, buffer.Length);
    }

    /// <summary>A view of the bytes from <paramref name="offset"/> on. Disposing of it leaves this source open.</summary>
    /// <param name="offset">First byte of the view.</param>
    /// <param name="length">Size of the view in bytes.</param>
    /// <param name="name">What errors call the view.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.ImageTruncated"/>: the range is not wholly inside the source.</exception>
    public RandomAccessSource Slice(long offset, long length, string name)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
            throw Truncated(offset, length);
        return new RangeSource(this, offset, length, name);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the source holds open.</summary>
    /// <param name="disposing">True when called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    private ImageException Truncated(long offset, long length) => new(
        ErrorIds.ImageTruncated, ImageErrorKind.Corrupt,
        $"{Name}: cut short: {length:N0} bytes are needed at offset {offset:N0}, but it has {Length:N0} bytes.",
        "Download or copy the image again and compare its size and SHA-256 with the published ones.");
}
