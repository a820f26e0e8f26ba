using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>
/// The inodes of a tree in the order in which they are stored: what is in a directory before the directory itself, as
/// its listing needs to know where they lie.
/// </summary>
internal sealed class Inventory
{
    private readonly Dictionary<TreeNode, InodeRecord> _records = new(ReferenceEqualityComparer.Instance);
    private readonly List<(InodeRecord Directory, IEnumerator<KeyValuePair<FileName, TreeNode>> Children)> _path = [];
    private readonly IdTable _ids;
    private readonly XattrTableWriter _xattrs;
    private readonly string _target;

    public Inventory(DirectoryNode root, IdTable ids, XattrTableWriter xattrs, string target, CancellationToken cancellation)
    {
        _ids = ids;
        _xattrs = xattrs;
        _target = target;
        Walk(root, cancellation);
        // By place in the source, so that it is read from front to back; the sort is stable.
        Files = [.. Inodes.Where(record => record.Node is FileNode).OrderBy(record => ((FileNode)record.Node).Content.DiskOffset)];
    }

    /// <summary>All inodes, numbered from 1 in this order; the root is the last.</summary>
    public List<InodeRecord> Inodes { get; } = [];

    /// <summary>The regular files in the order in which their content is stored.</summary>
    public IReadOnlyList<InodeRecord> Files { get; }

    /// <summary>Inodes whose time the format cannot hold.</summary>
    public int ClampedTimeCount { get; private set; }

    public InodeRecord this[TreeNode node] => _records[node];

    private void Walk(DirectoryNode root, CancellationToken cancellation)
    {
        Enter(root, parent: null);
        while (_path.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            (InodeRecord directory, IEnumerator<KeyValuePair<FileName, TreeNode>> children) = _path[^1];
            if (!children.MoveNext())
            {
                _path.RemoveAt(_path.Count - 1);
                Add(directory);
                continue;
            }
            (FileName name, TreeNode node) = children.Current;
            if (!name.IsValid)
                throw new ArgumentException($"{CurrentPath()} is not a name that Linux allows.");
            if (node is DirectoryNode child)
            {
                directory.Links++;
                Enter(child, directory);
            }
            else if (_records.TryGetValue(node, out InodeRecord? known))
            {
                known.Links++;
            }
            else
            {
                Add(Record(node, directory));
            }
        }
    }

    private void Enter(DirectoryNode directory, InodeRecord? parent)
    {
        if (_records.ContainsKey(directory))
            throw new ArgumentException($"The directory {CurrentPath()} lies in the tree more than once.");
        InodeRecord record = Record(directory, parent);
        record.Links = 2;
        _path.Add((record, directory.Children.GetEnumerator()));
    }

    private void Add(InodeRecord record)
    {
        Inodes.Add(record);
        record.Number = (uint)Inodes.Count;
    }

    private InodeRecord Record(TreeNode node, InodeRecord? parent)
    {
        if (node is SymlinkNode link && link.Target.Length is 0 or > SquashFsFormat.MaxSymlinkLength)
            throw TooLarge($"the symbolic link {CurrentPath()} has a target of {link.Target.Length:N0} bytes; Linux allows 1 to {SquashFsFormat.MaxSymlinkLength:N0}");
        if (node is SpecialNode { Major: > 0xFFF } or SpecialNode { Minor: > 0xFFFFF })
            throw TooLarge($"the device {CurrentPath()} has a number beyond 4095:1048575, the highest that SquashFS can hold");
        if (node.ModifiedTime.Seconds is < 0 or > uint.MaxValue)
            ClampedTimeCount++;
        InodeRecord record = new(node, parent)
        {
            UserIndex = _ids.IndexOf(node.UserId),
            GroupIndex = _ids.IndexOf(node.GroupId),
            Xattr = node.Xattrs.Count == 0 ? SquashFsFormat.NoXattr : _xattrs.Add(node.Xattrs, CurrentPath),
        };
        _records.Add(node, record);
        return record;
    }

    private string CurrentPath() => "/" + string.Join('/', _path.Select(step => step.Children.Current.Key));

    private ImageException TooLarge(string what) => new(
        ErrorIds.TooLarge, ImageErrorKind.Destination, $"{_target}: {what}.", "Remove or change it in the source.");
}
