using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>Drops extended attributes that the live root cannot hold.</summary>
/// <remarks>
/// SquashFS knows the namespaces user, trusted and security (squashfs_fs.h). Those of overlayfs itself would be taken by the
/// overlay over the live root as its own, and hide files or point at other ones.
/// </remarks>
internal sealed class XattrEdit : IRootEdit
{
    private const int MaxNamed = 5;

    private static readonly string[] s_namespaces = ["user.", "trusted.", "security."];

    private static readonly string[] s_overlayNames = ["trusted.overlay.", "user.overlay."];

    public string Name => "xattrs";

    public string Reason => "SquashFS holds extended attributes of three namespaces only, and those of an overlay would mislead the overlay over the live root.";

    public void Apply(RootEditor root)
    {
        SortedSet<string> dropped = new(StringComparer.Ordinal);
        int count = 0;
        foreach (TreeWalk.Entry entry in TreeWalk.Nodes(root.Root))
        {
            if (entry.Node.Xattrs.Count == 0 || entry.Node.Xattrs.All(CanKeep))
                continue;
            foreach (Xattr xattr in entry.Node.Xattrs.Where(xattr => !CanKeep(xattr)))
                dropped.Add(xattr.Name);
            entry.Node.Xattrs = [.. entry.Node.Xattrs.Where(CanKeep)];
            root.NoteChange(entry.Path());
            count++;
        }
        if (count > 0)
        {
            string names = string.Join(", ", dropped.Take(MaxNamed)) + (dropped.Count > MaxNamed ? ", …" : "");
            root.Warn($"Extended attributes that a live root cannot hold were dropped, in {count:N0} places: {names}.");
        }
    }

    private static bool CanKeep(Xattr xattr) => s_namespaces.Any(prefix => xattr.Name.StartsWith(prefix, StringComparison.Ordinal))
        && !s_overlayNames.Any(prefix => xattr.Name.StartsWith(prefix, StringComparison.Ordinal));
}
