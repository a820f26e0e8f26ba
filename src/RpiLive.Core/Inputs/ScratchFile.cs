using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Inputs;

/// <summary>
/// A temporary file that is written once from start to end and then read. It takes no space for zeros, and it is gone with
/// the process, however that ends: on Unix it loses its name at once, on Windows the system deletes it when it is closed.
/// </summary>
internal sealed class ScratchFile : IDisposable
{
    /// <summary>Zeros are left out in units of this many bytes, the block size of most file systems.</summary>
    private const int HoleUnit = 4096;

    private readonly string _folder;
    private readonly string _imageName;
    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private bool _named = true;

    /// <summary>Creates the file.</summary>
    /// <param name="folder">Full path of the folder.</param>
    /// <param name="imageName">What errors call the image that is unpacked here: the path of the packed file.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.ScratchFull"/> or <see cref="ErrorIds.ScratchUnwritable"/>.</exception>
    public ScratchFile(string folder, string imageName)
    {
        _folder = folder;
        _imageName = imageName;
        _path = Path.Join(folder, $".{Path.GetFileName(imageName)}.{RandomNumberGenerator.GetHexString(12, lowercase: true)}.scratch");
        FileOptions options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
        try
        {
            _handle = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, options);
        }
        catch (Exception e) when (HostErrors.IsHostError(e))
        {
            throw Translate(e);
        }
        if (OperatingSystem.IsWindows())
        {
            _named = false;
            WindowsFiles.TryMakeSparse(_handle);
        }
        else
        {
            TryDelete();
        }
    }

    /// <summary>Bytes appended so far.</summary>
    public long Length { get; private set; }

    /// <summary>Makes sure before the work that its result will fit.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.ScratchFull"/>.</exception>
    public void RequireFreeSpace(long bytes)
    {
        if (HostDisk.FreeSpace(_folder) is { } free && free < bytes)
            throw Full($"the image has {bytes:N0} bytes unpacked, but the disk of {_folder} has only {free:N0} free");
    }

    /// <summary>Writes the next bytes.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.ScratchFull"/> or <see cref="ErrorIds.ScratchUnwritable"/>.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                int zeros = LengthOfUnits(bytes, zeros: true);
                int content = LengthOfUnits(bytes[zeros..], zeros: false);
                RandomAccess.Write(_handle, bytes.Slice(zeros, content), Length + zeros);
                Length += zeros + content;
                bytes = bytes[(zeros + content)..];
            }
        }
        catch (Exception e) when (HostErrors.IsHostError(e))
        {
            throw Translate(e);
        }
    }

    /// <summary>Ends the writing. The result reads the file until this object is disposed of.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.ScratchFull"/> or <see cref="ErrorIds.ScratchUnwritable"/>.</exception>
    public RandomAccessSource Finish()
    {
        try
        {
            RandomAccess.SetLength(_handle, Length);
            return new FileSource(_handle, _imageName);
        }
        catch (Exception e) when (HostErrors.IsHostError(e))
        {
            throw Translate(e);
        }
    }

    public void Dispose()
    {
        if (_handle.IsClosed)
            return;
        if (_named)
            TryDelete();
        _handle.Dispose();
    }

    /// <summary>How many bytes at the start are whole units of nothing but zeros, or units that are not.</summary>
    private static int LengthOfUnits(ReadOnlySpan<byte> bytes, bool zeros)
    {
        int length = 0;
        while (length < bytes.Length && bytes.Slice(length, Math.Min(HoleUnit, bytes.Length - length)).ContainsAnyExcept((byte)0) != zeros)
            length = Math.Min(length + HoleUnit, bytes.Length);
        return length;
    }

    /// <summary>Some network file systems do not delete what is open; then it is done at the end.</summary>
    private void TryDelete()
    {
        try
        {
            File.Delete(_path);
            _named = false;
        }
        catch (Exception e) when (HostErrors.IsHostError(e))
        {
            // An error here would hide the one that brought us here, if any.
        }
    }

    private ImageException Translate(Exception e) => HostErrors.IsDiskFull(e)
        ? Full($"the disk of {_folder} is full after {Length:N0} unpacked bytes; it has {HostDisk.FreeSpace(_folder):N0} bytes free", e)
        : new ImageException(ErrorIds.ScratchUnwritable, ImageErrorKind.Destination,
            $"{_imageName}: cannot be unpacked in {_folder}: {e.Message.TrimEnd('.')}.",
            "Give a folder that you may write to with -ScratchPath, on a file system that takes large files.", e);

    private ImageException Full(string what, Exception? inner = null) => new(
        ErrorIds.ScratchFull, ImageErrorKind.Destination, $"{_imageName}: {what}.",
        "Free some space, or give a folder on another disk with -ScratchPath.", inner);
}
