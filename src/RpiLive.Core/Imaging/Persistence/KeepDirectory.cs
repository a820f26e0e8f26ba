using System.Buffers;
using System.Text;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>The paths of kept directories: which ones the settings can hold, and what they are called on a store.</summary>
public static class KeepDirectory
{
    /// <summary>The most bytes of UTF-8 in a path.</summary>
    public const int MaxLength = 1024;

    /// <summary>Added to a name while its content is copied; together they must fit in a file name of 255 bytes.</summary>
    private const string Partial = ".partial";

    private const int MaxFileName = 255;

    /// <summary>Mount options and overlayfs's lists are cut at these.</summary>
    private static readonly SearchValues<char> s_forbidden = SearchValues.Create(",:\\\"");

    /// <summary>What is wrong with a path as text, as the end of a sentence that starts with the path; null for a good one.</summary>
    /// <param name="directory">The path.</param>
    /// <param name="mode">How it is kept: <see cref="KeepMode.Tmpfs"/> needs no name on a store.</param>
    public static string? Fault(string directory, KeepMode mode)
    {
        if (!directory.StartsWith('/'))
            return "is not absolute: it must start with /";
        if (directory.Any(char.IsControl) || directory.Contains('\uFFFD', StringComparison.Ordinal))
            return "has a control character, or one that is no text";
        if (directory.AsSpan().IndexOfAny(s_forbidden) is var at and >= 0)
            return $"has the character {directory[at]}, which mount options cannot hold";
        if (directory.Split('/').Any(part => part is "." or ".."))
            return "has . or .. in it";
        if (directory.Contains("//", StringComparison.Ordinal) || (directory.Length > 1 && directory.EndsWith('/')))
            return "has a slash too many";
        if (directory.EndsWith(' '))
            return "ends in a blank, which the settings cannot hold";
        if (Encoding.UTF8.GetByteCount(directory) > MaxLength)
            return $"has more than {MaxLength:N0} bytes";
        return mode != KeepMode.Tmpfs && Encoding.UTF8.GetByteCount(Encode(directory) + Partial) > MaxFileName
            ? $"is too long: its name on the store, '{Encode(directory)}', would have more than {MaxFileName - Partial.Length} bytes"
            : null;
    }

    /// <summary>The name of a directory on a store: without its first slash, % as %25 and / as %2F.</summary>
    public static string Encode(string directory) =>
        directory.TrimStart('/').Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);

    /// <summary>True when <paramref name="directory"/> lies inside <paramref name="other"/>, at any depth; false when they are the same.</summary>
    public static bool IsInside(string directory, string other) =>
        directory.Length > other.Length && (other == "/" || (directory.StartsWith(other, StringComparison.Ordinal) && directory[other.Length] == '/'));
}
