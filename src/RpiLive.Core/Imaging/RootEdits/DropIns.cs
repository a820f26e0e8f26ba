namespace RpiLive.Core.Imaging.Edits;

/// <summary>Names for files in folders of settings of which the last by name wins.</summary>
internal static class DropIns
{
    private const int MaxPrefix = 64;

    /// <summary>A name that sorts after every other file with the extension in the folders.</summary>
    /// <param name="root">The root.</param>
    /// <param name="extension">With its dot.</param>
    /// <param name="folders">All folders whose files are sorted together.</param>
    public static string LastName(RootEditor root, string extension, params ReadOnlySpan<string> folders)
    {
        const string Stem = "rpilive";
        string last = "";
        foreach (string folder in folders)
        {
            foreach (string name in root.NamesIn(folder))
            {
                bool isOurs = name.EndsWith(Stem + extension, StringComparison.Ordinal);
                if (!isOurs && name.EndsWith(extension, StringComparison.Ordinal) && string.CompareOrdinal(name, last) > 0)
                    last = name;
            }
        }
        string ours = $"90-{Stem}{extension}";
        for (int z = 2; z < MaxPrefix && string.CompareOrdinal(ours, last) < 0; z++)
            ours = $"{new string('z', z)}-{Stem}{extension}";
        return ours;
    }
}
