namespace RpiLive.Core.Imaging.Edits;

/// <summary>One mount of fstab(5). Whatever is no mount (comment, blank line) has no such form.</summary>
/// <param name="Source">What is mounted: <c>UUID=…</c>, a device, a network path …</param>
/// <param name="MountPoint">Where, without a slash at the end unless it is the root itself.</param>
/// <param name="Type">File system type.</param>
/// <param name="Options">The options.</param>
internal sealed record FstabLine(string Source, string MountPoint, string Type, IReadOnlyList<string> Options)
{
    private static readonly char[] s_blanks = [' ', '\t', '\r'];

    /// <summary>True for a line of swap.</summary>
    public bool IsSwap => Type == "swap";

    /// <summary>Reads a line; null for a comment, a blank line, or one with too few fields.</summary>
    public static FstabLine? Parse(string line)
    {
        string[] fields = line.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 3 || fields[0][0] == '#')
            return null;
        string mountPoint = "/" + string.Join('/', fields[1].Split('/', StringSplitOptions.RemoveEmptyEntries));
        return new FstabLine(
            fields[0], fields[1].StartsWith('/') ? mountPoint : fields[1], fields[2], fields.Length > 3 ? fields[3].Split(',') : ["defaults"]);
    }
}
