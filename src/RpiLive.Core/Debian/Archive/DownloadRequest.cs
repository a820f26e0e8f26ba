using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Archive;

/// <summary>A file of a mirror whose content is known beforehand from an index that is trusted.</summary>
public sealed record DownloadRequest
{
    /// <summary>The largest file that is taken, in bytes: 1 TiB, so that sums cannot overflow.</summary>
    public const long MaxSize = 1L << 40;

    /// <summary>Names the file.</summary>
    /// <param name="uri">Where it is: http or https.</param>
    /// <param name="size">Its size in bytes, as the index gives it: <see cref="MaxSize"/> at most.</param>
    /// <param name="sha256">Its SHA-256, 64 hex digits, as the index gives it.</param>
    /// <exception cref="ArgumentException">A size that is negative or too large, another scheme, or text that is no SHA-256.</exception>
    public DownloadRequest(Uri uri, long size, string sha256)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxSize);
        if (!MirrorPath.IsHttp(uri))
            throw new ArgumentException($"{uri} is not an address of http or https.", nameof(uri));
        if (!IsSha256(sha256))
            throw new ArgumentException($"'{sha256}' is no SHA-256.", nameof(sha256));
        Uri = uri;
        Size = size;
        Sha256 = sha256.ToLowerInvariant();
    }

    /// <summary>Where the file is.</summary>
    public Uri Uri { get; }

    /// <summary>Size in bytes.</summary>
    public long Size { get; }

    /// <summary>SHA-256, 64 lower-case hex digits.</summary>
    public string Sha256 { get; }

    /// <summary>What people know the file by, such as <c>base-files_13.8_arm64.deb</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Another address of the same file, tried where the mirror does not have the first; null for none.</summary>
    public Uri? Alternative { get; init; }

    /// <summary>A file that an index names by its path below the root of the mirror, as Packages does in the field Filename.</summary>
    /// <param name="mirror">The root of the mirror.</param>
    /// <param name="path">The path: relative, of printable ASCII, without empty parts, <c>.</c>, <c>..</c> and backslashes.</param>
    /// <param name="size">Size in bytes.</param>
    /// <param name="sha256">SHA-256, 64 hex digits.</param>
    /// <exception cref="ImageException"><c>CorruptRelease</c>: the path leads elsewhere, the size is negative or too large, or the hash is none.</exception>
    public static DownloadRequest ForFile(Uri mirror, string path, long size, string sha256)
    {
        if (!MirrorPath.IsSafe(path))
            throw ReleaseErrors.Corrupt(mirror.ToString(), $"an index names a file '{MirrorPath.Printable(path)}', which is no path below the mirror");
        if (size is < 0 or > MaxSize || !IsSha256(sha256))
            throw ReleaseErrors.Corrupt(mirror.ToString(), $"an index gives the file {path} a size or a SHA-256 that no file has");
        return new DownloadRequest(MirrorPath.Combine(mirror, path), size, sha256) { Name = path[(path.LastIndexOf('/') + 1)..] };
    }

    /// <summary>True for 64 hex digits.</summary>
    public static bool IsSha256(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigit);
}
