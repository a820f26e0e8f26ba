using Microsoft.Win32.SafeHandles;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Streams;

/// <summary>A file of the host, open for reading. Others may read it meanwhile, but not write.</summary>
public sealed class FileSource : RandomAccessSource
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens the file.</summary>
    /// <param name="path">Full path.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.ImageUnreadable"/>.</exception>
    public FileSource(string path)
    {
        Name = path;
        try
        {
            _handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
            Length = RandomAccess.GetLength(_handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            _handle?.Dispose();
            throw Unreadable(e);
        }
    }

    /// <summary>Reads a file that is open already; its length is the one that it has now.</summary>
    internal FileSource(SafeFileHandle handle, string path)
    {
        Name = path;
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> buffer)
    {
        int total = 0;
        try
        {
            while (total < buffer.Length)
            {
                int count = RandomAccess.Read(_handle, buffer[total..], offset + total);
                if (count == 0)
                    break;
                total += count;
            }
        }
        catch (IOException e)
        {
            throw Unreadable(e);
        }
        return total;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _handle.Dispose();
        base.Dispose(disposing);
    }

    private ImageException Unreadable(Exception e) => new(
        ErrorIds.ImageUnreadable, ImageErrorKind.Unreadable, $"{Name}: cannot be read: {e.Message}",
        "Check that the file exists, that you may read it and that no other program writes to it.", e);
}
