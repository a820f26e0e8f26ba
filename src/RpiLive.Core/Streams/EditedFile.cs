using Microsoft.Win32.SafeHandles;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Streams;

/// <summary>A file of the host that is changed in place; nobody else may have it open meanwhile.</summary>
internal sealed class EditedFile : EditedMedium
{
    // Windows: sharing and lock violation. Elsewhere .NET gives the errno of flock(2), EWOULDBLOCK.
    private const int WindowsSharing = unchecked((int)0x80070020);
    private const int WindowsLock = unchecked((int)0x80070021);
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;

    private readonly SafeFileHandle _handle;
    private readonly FileTarget _target;
    private FileSource _content;

    /// <summary>Opens the file.</summary>
    /// <param name="path">Full path.</param>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.ImageInUse"/>, <see cref="ErrorIds.ImageUnreadable"/> when there is no such file,
    /// <see cref="ErrorIds.DestinationUnwritable"/> when it may not be written.
    /// </exception>
    public EditedFile(string path)
    {
        try
        {
            _handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, FileOptions.RandomAccess);
            _content = new FileSource(_handle, path);
        }
        catch (IOException e) when (IsInUse(e))
        {
            throw new ImageException(ErrorIds.ImageInUse, ImageErrorKind.Destination, $"{path}: another program has it open.",
                "Wait until it is done, or close it: an image that is being read or written cannot be changed.", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImageException(ErrorIds.ImageUnreadable, ImageErrorKind.Unreadable, $"{path}: cannot be read: {e.Message}",
                "Check that the file exists, that you may read it and that no other program writes to it.", e);
        }
        catch (Exception e) when (HostErrors.IsHostError(e))
        {
            throw HostErrors.Unwritable(path, e.Message, "Check that you may write to the file and that it is not write-protected.", e);
        }
        _target = new FileTarget(_handle, path);
    }

    /// <inheritdoc/>
    public override string Name => _target.Name;

    /// <inheritdoc/>
    public override RandomAccessSource Content => _content;

    /// <inheritdoc/>
    public override void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        _target.Write(offset, bytes);
        if (offset + bytes.Length > _content.Length)
            _content = new FileSource(_handle, Name);
    }

    /// <inheritdoc/>
    public override void SetLength(long length)
    {
        if (OperatingSystem.IsWindows() && length > _content.Length)
            WindowsFiles.TryMakeSparse(_handle);
        _target.SetLength(length);
        _content = new FileSource(_handle, Name);
    }

    /// <inheritdoc/>
    public override void Flush() => _target.Flush();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _handle.Dispose();
        base.Dispose(disposing);
    }

    private static bool IsInUse(IOException e) => OperatingSystem.IsWindows()
        ? e.HResult is WindowsSharing or WindowsLock
        : e.HResult == (OperatingSystem.IsMacOS() ? MacWouldBlock : LinuxWouldBlock);
}
