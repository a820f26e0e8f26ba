using System.Text;

namespace RpiLive.Core.Debian.Archive;

/// <summary>A Release file as it came, with what the server said to tell this version from others.</summary>
/// <param name="Content">The signed file.</param>
/// <param name="ETag">The server's ETag; empty for none.</param>
/// <param name="LastModified">The server's Last-Modified; empty for none.</param>
internal sealed record CachedRelease(byte[] Content, string ETag, string LastModified)
{
    /// <summary>The largest Release file that is taken; Debian's have 200 KB.</summary>
    public const int MaxContentLength = 8 << 20;

    /// <summary>The largest file in the cache.</summary>
    public const int MaxLength = MaxContentLength + 4096;

    /// <summary>The parts of a file in the cache: two lines, then the signed file. Null for anything else.</summary>
    public static CachedRelease? Read(byte[] bytes)
    {
        int first = Array.IndexOf(bytes, (byte)'\n');
        int second = first < 0 ? -1 : Array.IndexOf(bytes, (byte)'\n', first + 1);
        return second < 0
            ? null
            : new(bytes[(second + 1)..], Encoding.ASCII.GetString(bytes, 0, first), Encoding.ASCII.GetString(bytes, first + 1, second - first - 1));
    }

    /// <summary>The file in the cache. One file for all, so that a download can never stand beside the ETag of another.</summary>
    public byte[] ToBytes() => [.. Encoding.ASCII.GetBytes($"{Line(ETag)}\n{Line(LastModified)}\n"), .. Content];

    private static string Line(string value) => value.Length > 1024 || value.Any(char.IsControl) ? "" : value;
}
