using Microsoft.Win32.SafeHandles;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Streams;

/// <summary>
/// A file that appears whole or not at all: it is written as <c>PATH.partial</c> beside the destination and renamed by
/// <see cref="Commit"/>. Disposing of it before that deletes it. For one thread, but for <see cref="ReadBack"/>.
/// </summary>
public sealed class DestinationFile : IDisposable
{
    private readonly string _partialPath;
    private readonly bool _overwrite;
    private readonly SafeFileHandle _handle;
    private bool _committed;

    /// <summary>Creates the partial file. One that a dead run left is replaced.</summary>
    /// <param name="path">Full path of the destination.</param>
    /// <param name="overwrite">True to replace an existing file on commit.</param>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.DestinationExists"/>; <see cref="ErrorIds.DestinationUnwritable"/>, also when another process is
    /// writing the same destination or when the destination is a folder or device; <see cref="ErrorIds.DestinationFull"/>.
    /// </exception>
    public DestinationFile(string path, bool overwrite)
    {
        Path = path;
        _partialPath = path + ".partial";
        _overwrite = overwrite;
        CheckDestination();
        _handle = Create();
        if (OperatingSystem.IsWindows())
            WindowsFiles.TryMakeSparse(_handle);
        Target = new(_handle, path);
    }

    /// <summary>Full path of the destination.</summary>
    public string Path { get; }

    /// <summary>Where the content goes.</summary>
    public FileTarget Target { get; }

    /// <summary>Makes sure before the work that its result will fit.</summary>
    /// <param name="bytes">An estimate of what will be written.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.DestinationFull"/>.</exception>
    public void RequireFreeSpace(long bytes)
    {
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        if (HostDisk.FreeSpace(folder) is { } free && free < bytes)
            throw HostErrors.Full($"{Path}: some {bytes:N0} bytes will be written, but the disk has only {free:N0} free");
    }

    /// <summary>What has been written so far, for reading back; valid until commit or disposal. Safe for several threads.</summary>
    public RandomAccessSource ReadBack()
    {
        FileSource whole = new(_handle, Path);
        return whole.Slice(0, whole.Length, Path);
    }

    /// <summary>Waits until the disk has everything and gives the file its name.</summary>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.DestinationExists"/> when a file of that name has come up meanwhile,
    /// <see cref="ErrorIds.DestinationFull"/> or <see cref="ErrorIds.DestinationUnwritable"/>.
    /// </exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        Target.Flush();
        CheckDestination();
        _handle.Dispose();
        HostErrors.Guard(Path, () => File.Move(_partialPath, Path, _overwrite));
        _committed = true;
    }

    /// <summary>Deletes the partial file unless it was committed.</summary>
    public void Dispose()
    {
        if (_committed)
            return;
        bool ours = !_handle.IsClosed;

        // On Unix the file goes while the lock is held, so that it cannot be another run's; Windows wants it closed first.
        if (OperatingSystem.IsWindows())
            _handle.Dispose();
        try
        {
            if (ours || File.Exists(_partialPath))
                File.Delete(_partialPath);
        }
        catch (Exception e) when (HostErrors.IsHostError(e))
        {
            // The next run replaces it, and an error here would hide the one that brought us here.
        }
        _handle.Dispose();
        _committed = true;
    }

    private void CheckDestination()
    {
        if (IsDevice(Path))
        {
            throw HostErrors.Unwritable(Path, "it is a device",
                "Write to a file, then put it on the card with Raspberry Pi Imager or dd.");
        }
        if (Directory.Exists(Path))
            throw HostErrors.Unwritable(Path, "it is a folder", "Give the path of a file.");
        if (!_overwrite && File.Exists(Path))
        {
            throw new ImageException(ErrorIds.DestinationExists, ImageErrorKind.Destination,
                $"{Path}: exists already.", "Choose another destination, or ask for it to be overwritten.");
        }
    }

    /// <summary>A rename over /dev/sdb would replace the node, not write to the card.</summary>
    private static bool IsDevice(string path) => OperatingSystem.IsWindows()
        ? path.StartsWith(@"\\.\", StringComparison.Ordinal)
        : path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);

    private SafeFileHandle Create()
    {
        try
        {
            if (TryCreate() is { } handle)
                return handle;
            RemoveStale();
            return TryCreate() ?? throw InUse(null);
        }
        catch (Exception e) when (HostErrors.IsHostError(e))
        {
            throw HostErrors.Translate(Path, e);
        }
    }

    /// <summary>Null when the partial file exists.</summary>
    private SafeFileHandle? TryCreate()
    {
        try
        {
            return File.OpenHandle(_partialPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(_partialPath))
        {
            return null;
        }
    }

    /// <summary>A live run holds its partial file locked; a dead one's opens.</summary>
    private void RemoveStale()
    {
        FileShare share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
        try
        {
            using SafeFileHandle stale = File.OpenHandle(_partialPath, FileMode.Open, FileAccess.ReadWrite, share);
            File.Delete(_partialPath);
        }
        catch (FileNotFoundException)
        {
            // Its run has just ended.
        }
        catch (IOException e)
        {
            throw InUse(e);
        }
    }

    private ImageException InUse(Exception? inner) => HostErrors.Unwritable(
        Path, $"another process is writing {_partialPath}", "Wait for it to end, or choose another destination.", inner);
}
