using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace RpiLive.Core.Debian.Archive;

/// <summary>
/// What has come of a download so far, with its hash. The file is locked while it is open and stays when it is closed; beside it
/// lies, as <c>.tag</c>, what the server said to tell this version of the file from others. For one thread.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const int PieceLength = 1 << 20, MaxTagLength = 256;
    private const int WindowsSharingViolation = unchecked((int)0x80070020), WindowsLockViolation = unchecked((int)0x80070021);
    private const int LinuxWouldBlock = 11, MacWouldBlock = 35;

    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private PartialFile(string path, SafeFileHandle handle)
    {
        _path = path;
        _handle = handle;
    }

    /// <summary>Bytes that are there.</summary>
    public long Length { get; private set; }

    /// <summary>SHA-256 of what is there, in lower-case hex.</summary>
    public string Sha256 => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>An ETag or a date of last modification, for <c>If-Range</c>; null when the server gave none.</summary>
    public string? Tag
    {
        get
        {
            string path = TagPath;
            return File.Exists(path) && new FileInfo(path).Length <= MaxTagLength ? File.ReadAllText(path) : null;
        }
        set
        {
            if (value is { Length: <= MaxTagLength })
                File.WriteAllText(TagPath, value);
            else
                File.Delete(TagPath);
        }
    }

    private string TagPath => _path + ".tag";

    /// <summary>Opens or makes the file and hashes what it has; null while another transfer has it.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="maxLength">What the whole download has; a longer file is emptied.</param>
    /// <param name="cancellation">Stops the hashing.</param>
    public static PartialFile? TryOpen(string path, long maxLength, CancellationToken cancellation)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsInUse(e.HResult))
        {
            return null;
        }
        PartialFile file = new(path, handle);
        try
        {
            file.Load(maxLength, cancellation);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_handle, bytes, Length);
        _hash.AppendData(bytes);
        Length += bytes.Length;
    }

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        RandomAccess.SetLength(_handle, 0);
        _hash.GetHashAndReset();
        Length = 0;
        Tag = null;
    }

    /// <summary>Closes the file and renames it.</summary>
    public void MoveTo(string path)
    {
        Tag = null;
        _handle.Dispose();
        File.Move(_path, path, overwrite: true);
    }

    /// <summary>Closes the file; an empty one goes.</summary>
    public void Dispose()
    {
        if (!_handle.IsClosed && Length == 0)
        {
            // On Unix it goes while the lock is held, so that it cannot be another transfer's; Windows wants it closed first.
            if (OperatingSystem.IsWindows())
                _handle.Dispose();
            try
            {
                File.Delete(_path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another transfer has it now, and an error here would hide the one that brought us here.
            }
        }
        _handle.Dispose();
        _hash.Dispose();
    }

    private static bool IsInUse(int result) => OperatingSystem.IsWindows()
        ? result is WindowsSharingViolation or WindowsLockViolation
        : result == (OperatingSystem.IsMacOS() ? MacWouldBlock : LinuxWouldBlock);

    private void Load(long maxLength, CancellationToken cancellation)
    {
        long length = RandomAccess.GetLength(_handle);
        if (length > maxLength)
        {
            Reset();
            return;
        }
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            for (int count; Length < length && (count = RandomAccess.Read(_handle, piece, Length)) > 0; Length += count)
            {
                cancellation.ThrowIfCancellationRequested();
                _hash.AppendData(piece, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
