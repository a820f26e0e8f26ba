namespace RpiLive.Core.Tree;

/// <summary>
/// The bytes of a regular file, fetched when a writer asks. Safe to read from several threads at once.
/// </summary>
public abstract class FileContent
{
    /// <summary>Size in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>
    /// Where the first stored byte lies in the image, for reading in disk order; -1 when the content lies nowhere
    /// (made in memory, empty, or all hole).
    /// </summary>
    public virtual long DiskOffset => -1;

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/>; holes read as zeros.</summary>
    /// <param name="offset">Byte offset; <c>offset + buffer.Length</c> is at most <see cref="Length"/>.</param>
    /// <param name="buffer">Where the bytes go.</param>
    public abstract void Read(long offset, Span<byte> buffer);

    /// <summary>True when the whole range is known to be zeros without reading it (a hole or an unwritten extent).</summary>
    public virtual bool IsHole(long offset, long length) => false;

    /// <summary>The whole content.</summary>
    /// <param name="limit">The most bytes accepted.</param>
    /// <exception cref="InvalidOperationException">The content is longer than <paramref name="limit"/>.</exception>
    public byte[] ReadAll(int limit = 256 << 20)
    {
        if (Length > limit)
            throw new InvalidOperationException($"The content has {Length:N0} bytes, more than the {limit:N0} that may be read at once.");
        byte[] bytes = new byte[Length];
        Read(0, bytes);
        return bytes;
    }
}
