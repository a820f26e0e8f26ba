namespace RpiLive.Building;

/// <summary>Tells whether two paths are one file.</summary>
internal static class FileIdentity
{
    private static readonly StringComparison s_comparison =
        OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>True when both paths, with every link on the way followed, end at the same name.</summary>
    public static bool Same(string a, string b) => string.Equals(Canonical(a), Canonical(b), s_comparison);

    private static string Canonical(string path)
    {
        string full = Path.GetFullPath(path);
        string? parent = Path.GetDirectoryName(full);
        if (parent is null)
            return full;
        string resolved = Path.Join(Canonical(parent), Path.GetFileName(full));
        try
        {
            FileSystemInfo entry = Directory.Exists(resolved) ? new DirectoryInfo(resolved) : new FileInfo(resolved);
            return entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? resolved;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return resolved;
        }
    }
}
