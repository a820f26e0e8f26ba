namespace RpiLive.Core.Debian.Archive;

/// <summary>Paths of files below the root of a mirror.</summary>
public static class MirrorPath
{
    private const int MaxLength = 512;

    /// <summary>True for a relative path that stays below the mirror and has nothing but printable ASCII without backslashes.</summary>
    /// <param name="path">The path as an index gives it, before any escaping.</param>
    public static bool IsSafe(string path) => path.Length is > 0 and <= MaxLength
        && path.All(c => c is > ' ' and < '\x7F' and not '\\')
        && path.Split('/').All(part => part is not ("" or "." or ".."));

    /// <summary>The address of a file.</summary>
    /// <param name="mirror">The root of the mirror, with or without a slash at its end.</param>
    /// <param name="path">A path that <see cref="IsSafe"/>.</param>
    /// <exception cref="ArgumentException">The path is not safe.</exception>
    public static Uri Combine(Uri mirror, string path)
    {
        if (!IsSafe(path))
            throw new ArgumentException($"'{Printable(path)}' is no path below a mirror.", nameof(path));

        // Escaped, a '+' or '%' of a version means itself to every server.
        string escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        return new Uri(mirror.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/" + escaped);
    }

    internal static bool IsHttp(Uri uri) => uri.IsAbsoluteUri && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);

    /// <summary>Text of others for a message: cut short and without control characters.</summary>
    internal static string Printable(string text)
    {
        string shortened = text.Length > 100 ? text[..100] + "…" : text;
        return string.Concat(shortened.Select(c => char.IsControl(c) ? '?' : c));
    }
}
