using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Debian.Archive;

/// <summary>
/// A folder of downloads. Complete files lie in <c>files</c>, named by their SHA-256; what is under way lies in <c>partial</c>;
/// Release files lie in <c>releases</c>. Nothing in it is trusted: files are hashed and signatures verified on each use. Safe for several
/// threads and processes at once.
/// </summary>
public sealed class PackageCache
{
    private const int PieceLength = 1 << 20;
    private static readonly TimeSpan s_lockInterval = TimeSpan.FromMilliseconds(50);

    private readonly string _files, _partial, _releases;

    /// <summary>Opens the cache, making its folders where they are missing.</summary>
    /// <param name="folder">Full path.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.CacheUnusable"/> or <see cref="ErrorIds.CacheFull"/>.</exception>
    public PackageCache(string folder)
    {
        Folder = folder;
        _files = Path.Join(folder, "files");
        _partial = Path.Join(folder, "partial");
        _releases = Path.Join(folder, "releases");
        foreach (string part in (string[])[_files, _partial, _releases])
            CacheErrors.Guard(folder, () => Directory.CreateDirectory(part));
    }

    /// <summary>Where the cache of the user is when no other is named: the place that the system has for such.</summary>
    public static string DefaultFolder
    {
        get
        {
            if (OperatingSystem.IsWindows())
                return Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "RpiLive", "Cache");
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (OperatingSystem.IsMacOS())
                return Path.Join(home, "Library", "Caches", "RpiLive");

            // XDG Base Directory Specification: a relative path is to be ignored.
            string? named = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            return Path.Join(Path.IsPathRooted(named) ? named : Path.Join(home, ".cache"), "rpilive");
        }
    }

    /// <summary>Full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Looks for a complete file and hashes it; one that is not what its name says is deleted.</summary>
    /// <param name="sha256">SHA-256, 64 lower-case hex digits.</param>
    /// <param name="size">Size in bytes.</param>
    /// <param name="cancellation">Stops the hashing.</param>
    /// <returns>Full path of the file; null when the cache lacks it.</returns>
    /// <exception cref="ImageException"><see cref="ErrorIds.CacheUnusable"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public string? Find(string sha256, long size, CancellationToken cancellation)
    {
        string path = PathOf(sha256);
        return CacheErrors.Guard(path, () =>
        {
            if (!File.Exists(path))
                return null;
            if (IsSound(path, sha256, size, cancellation))
                return path;
            File.Delete(path);
            return null;
        });
    }

    /// <summary>Opens the partial file of a download, once no other transfer has it.</summary>
    internal async Task<PartialFile> OpenPartialAsync(DownloadRequest request, CancellationToken cancellation)
    {
        string path = Path.Join(_partial, request.Sha256);
        while (true)
        {
            if (CacheErrors.Guard(path, () => PartialFile.TryOpen(path, request.Size, cancellation)) is { } partial)
                return partial;
            await Task.Delay(s_lockInterval, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Gives a partial file its name and closes it; false when another process was quicker.</summary>
    internal bool Commit(PartialFile partial, string sha256)
    {
        try
        {
            partial.MoveTo(PathOf(sha256));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !HostErrors.IsDiskFull(e))
        {
            return false;
        }
    }

    /// <summary>Makes sure before the work that downloads will fit.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.CacheFull"/>.</exception>
    internal void RequireFreeSpace(long bytes)
    {
        if (HostDisk.FreeSpace(Folder) is { } free && free < bytes)
            throw CacheErrors.Full($"{Folder}: {bytes:N0} bytes are to be downloaded, but the disk has only {free:N0} free");
    }

    /// <summary>The Release file of an address as it was last taken; null when there is none.</summary>
    internal CachedRelease? ReadRelease(Uri uri)
    {
        string path = PathOf(uri);
        return CacheErrors.Guard(path, () => File.Exists(path) && new FileInfo(path).Length <= CachedRelease.MaxLength
            ? CachedRelease.Read(File.ReadAllBytes(path))
            : null);
    }

    /// <summary>Keeps the Release file of an address.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.CacheUnusable"/> or <see cref="ErrorIds.CacheFull"/>.</exception>
    internal void WriteRelease(Uri uri, CachedRelease release)
    {
        string path = PathOf(uri), written = $"{path}.{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
        CacheErrors.Guard<object?>(path, () =>
        {
            try
            {
                File.WriteAllBytes(written, release.ToBytes());
                File.Move(written, path, overwrite: true);
            }
            catch
            {
                File.Delete(written);
                throw;
            }
            return null;
        });
    }

    private static bool IsSound(string path, string sha256, long size, CancellationToken cancellation)
    {
        // No share is denied, as on Unix that would be a lock, which a transfer that ends at this moment may hold.
        using SafeFileHandle handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete, options: FileOptions.SequentialScan);
        if (RandomAccess.GetLength(handle) != size)
            return false;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            long done = 0;
            for (int count; (count = RandomAccess.Read(handle, piece, done)) > 0; done += count)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(piece, 0, count);
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset()) == sha256;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private string PathOf(string sha256) => Path.Join(_files, sha256);

    private string PathOf(Uri uri) =>
        Path.Join(_releases, Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(uri.AbsoluteUri))));
}
