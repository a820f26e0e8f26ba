using System.Text;
using RpiLive.Core.Debian.Deb;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Debian.Root;

/// <summary>
/// A root that packages are unpacked into, one after the other, as dpkg does: paths go through symbolic links to directories that are
/// there already (merged /usr), a directory that exists keeps what it has, and a file of two packages is an error unless the later one
/// says that it replaces the other.
/// </summary>
/// <param name="rules">What to leave out.</param>
internal sealed class PackageTree(PathRules rules)
{
    private const int DefaultPermissions = 0x1ED, LinkPermissions = 0x1FF;

    /// <summary>Which package a file came from, by node.</summary>
    private readonly Dictionary<TreeNode, string> _owners = [];

    /// <summary>The root directory.</summary>
    public DirectoryNode Root { get; } = new() { Permissions = DefaultPermissions };

    /// <summary>The newest time of any file.</summary>
    public Timestamp NewestTime { get; private set; }

    /// <summary>Puts symbolic links in the place of /bin, /lib and /sbin, before any package comes (merged /usr).</summary>
    public void MergeUsr()
    {
        DirectoryNode usr = Folder("/usr");
        foreach (string name in (string[])["bin", "lib", "sbin"])
        {
            usr.Children.Add(name, new DirectoryNode { Permissions = DefaultPermissions });
            Root.Children.Add(name, new SymlinkNode(Encoding.UTF8.GetBytes("usr/" + name)) { Permissions = LinkPermissions });
        }
    }

    /// <summary>Unpacks a package.</summary>
    /// <param name="package">The package.</param>
    /// <param name="name">Its name.</param>
    /// <param name="replaces">The names of the packages whose files it may replace.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.PackageConflict"/> or <c>CorruptDeb</c>.</exception>
    public void Add(DebPackage package, string name, IReadOnlySet<string> replaces)
    {
        foreach (DebEntry entry in package.Entries)
        {
            if (entry.Path == "/." || !rules.Includes(entry.Path))
                continue;
            if (entry.ModifiedTime.Seconds > NewestTime.Seconds)
                NewestTime = entry.ModifiedTime;
            if (entry.Type == DebEntryType.Directory)
                AddFolder(entry);
            else
                AddFile(package, name, replaces, entry);
        }
    }

    private void AddFolder(DebEntry entry)
    {
        DirectoryNode parent = Folder(ParentOf(entry.Path));
        if (TreePath.Find(Root, entry.Path) is DirectoryNode present)
        {
            // One that was only made because a file lay below it gets what the package says.
            if (present.ModifiedTime == default)
                Apply(entry, present);
            return;
        }
        DirectoryNode made = new();
        Apply(entry, made);
        if (!parent.Children.TryAdd(NameOf(entry.Path), made))
            throw InTheWay(entry.Path, "is a file of another package");
    }

    private void AddFile(DebPackage package, string name, IReadOnlySet<string> replaces, DebEntry entry)
    {
        DirectoryNode parent = Folder(ParentOf(entry.Path));
        TreeNode? present = parent.Children.GetValueOrDefault(NameOf(entry.Path));
        if (present is DirectoryNode)
        {
            // dpkg keeps a directory where a symbolic link to one would come.
            if (entry.Type == DebEntryType.SymbolicLink)
                return;
            throw InTheWay(entry.Path, $"is a directory, but a file of {name}");
        }
        if (present is not null && _owners.TryGetValue(present, out string? owner) && owner != name && !replaces.Contains(owner))
        {
            throw new ImageException(ErrorIds.PackageConflict, ImageErrorKind.Request, $"The packages {owner} and {name} both have {entry.Path}, and neither replaces the other.",
                "Leave one of the two out of -Package.");
        }
        TreeNode node = entry.Type switch
        {
            DebEntryType.SymbolicLink => new SymlinkNode(Encoding.UTF8.GetBytes(entry.Target)),
            DebEntryType.HardLink => TreePath.Find(Root, entry.Target, followLast: false) as FileNode
                ?? throw DebErrors.Corrupt(package.Name, $"{entry.Path} is another name of {entry.Target}, which it does not have"),
            _ => new FileNode(entry.Content ?? throw new InvalidOperationException($"{entry.Path} was not unpacked.")),
        };
        if (entry.Type != DebEntryType.HardLink)
            Apply(entry, node);
        parent.Children[NameOf(entry.Path)] = node;
        _owners[node] = name;
    }

    /// <summary>The directory at a path, made where it is not there.</summary>
    private DirectoryNode Folder(string path)
    {
        switch (TreePath.Find(Root, path))
        {
            case DirectoryNode folder:
                return folder;
            case not null:
                throw InTheWay(path, "is a file, and another package has files below it");
        }
        DirectoryNode parent = Folder(ParentOf(path));
        DirectoryNode made = new() { Permissions = DefaultPermissions };
        if (!parent.Children.TryAdd(NameOf(path), made))
            throw InTheWay(path, "is a symbolic link that leads nowhere, and another package has files below it");
        return made;
    }

    private static void Apply(DebEntry entry, TreeNode node)
    {
        node.Permissions = node is SymlinkNode ? LinkPermissions : entry.Permissions;
        node.UserId = entry.UserId;
        node.GroupId = entry.GroupId;
        node.ModifiedTime = entry.ModifiedTime;
    }

    private static ImageException InTheWay(string path, string what) => new(
        ErrorIds.PackageConflict, ImageErrorKind.Request, $"The packages do not fit together: {path} {what}.", "Leave one of them out of -Package.");

    private static string ParentOf(string path) => path[..Math.Max(path.LastIndexOf('/'), 0)];

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
