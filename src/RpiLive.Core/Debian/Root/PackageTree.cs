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

    /// <summary>More than any package has, and few enough for whoever walks over the tree.</summary>
    private const int MaxDepth = 256;

    /// <summary>Which package a file came from, by node.</summary>
    private readonly Dictionary<TreeNode, InstalledPackage> _owners = [];
    private readonly Dictionary<DirectoryNode, int> _depths = [];
    private readonly HashSet<(string Package, string Path)> _replaced = [];

    /// <summary>The root directory.</summary>
    public DirectoryNode Root { get; } = new() { Permissions = DefaultPermissions };

    /// <summary>Files of packages that are another package's now, which replaces them.</summary>
    public IReadOnlySet<(string Package, string Path)> Replaced => _replaced;

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
    /// <exception cref="ImageException"><see cref="ErrorIds.PackageConflict"/> or <c>CorruptDeb</c>.</exception>
    public void Add(InstalledPackage package)
    {
        foreach (DebEntry entry in package.Content.Entries)
        {
            if (entry.Path == "/." || !rules.Includes(entry.Path))
                continue;
            if (entry.ModifiedTime.Seconds > NewestTime.Seconds)
                NewestTime = entry.ModifiedTime;
            if (entry.Type == DebEntryType.Directory)
                AddFolder(entry);
            else
                AddFile(package, entry);
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
        Apply(entry, MakeFolder(parent, entry.Path, "is a file of another package"));
    }

    private void AddFile(InstalledPackage package, DebEntry entry)
    {
        // What it is another name of was left out.
        if (entry.Type == DebEntryType.HardLink && !rules.Includes(entry.Target))
            return;
        DirectoryNode parent = Folder(ParentOf(entry.Path));
        TreeNode? present = parent.Children.GetValueOrDefault(NameOf(entry.Path));
        if (present is DirectoryNode)
        {
            // dpkg keeps a directory where a symbolic link to one would come.
            if (entry.Type == DebEntryType.SymbolicLink)
                return;
            throw InTheWay(entry.Path, $"is a directory, but a file of {package.Name}");
        }
        if (present is not null && _owners.TryGetValue(present, out InstalledPackage? owner) && owner.Name != package.Name && !Takes(package, owner, entry.Path))
            return;
        TreeNode node = entry.Type switch
        {
            DebEntryType.SymbolicLink => new SymlinkNode(Encoding.UTF8.GetBytes(entry.Target)),
            DebEntryType.HardLink => TreePath.Find(Root, entry.Target, followLast: false) as FileNode
                ?? throw DebErrors.Corrupt(package.Content.Name, $"{entry.Path} is another name of {entry.Target}, which it does not have"),
            _ => new FileNode(entry.Content ?? throw new InvalidOperationException($"{entry.Path} was not unpacked.")),
        };
        if (entry.Type != DebEntryType.HardLink)
            Apply(entry, node);
        parent.Children[NameOf(entry.Path)] = node;
        _owners[node] = package;
    }

    /// <summary>Decides whose a file is that two packages have, by their fields Replaces (Debian Policy 7.6.1).</summary>
    /// <returns>True for the later package, false for the owner.</returns>
    private bool Takes(InstalledPackage later, InstalledPackage owner, string path)
    {
        bool isTaken = later.DoesReplace(owner);
        if (!isTaken && !owner.DoesReplace(later))
        {
            throw new ImageException(ErrorIds.PackageConflict, ImageErrorKind.Request, $"The packages {owner.Name} and {later.Name} both have {path}, and neither replaces the other.",
                "Leave one of the two out of -Package.");
        }
        _replaced.Add((isTaken ? owner.Name : later.Name, path));
        return isTaken;
    }

    /// <summary>The directory at a path, made where it is not there.</summary>
    private DirectoryNode Folder(string path) => TreePath.Find(Root, path) switch
    {
        DirectoryNode folder => folder,
        null => MakeFolder(Folder(ParentOf(path)), path, "is a symbolic link that leads nowhere, and another package has files below it"),
        _ => throw InTheWay(path, "is a file, and another package has files below it"),
    };

    private DirectoryNode MakeFolder(DirectoryNode parent, string path, string obstacle)
    {
        int depth = _depths.GetValueOrDefault(parent) + 1;
        if (depth > MaxDepth)
            throw InTheWay(path, $"lies deeper than {MaxDepth} directories");
        DirectoryNode made = new() { Permissions = DefaultPermissions };
        if (!parent.Children.TryAdd(NameOf(path), made))
            throw InTheWay(path, obstacle);
        _depths.Add(made, depth);
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
