using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4.Making;

/// <summary>
/// Numbers the inodes of a tree and gives them their blocks: directories, then attributes and long symbolic links, then
/// files in the order in which they lie in the source. Refuses what the file system cannot hold, before anything is written.
/// </summary>
internal sealed class TreePlan
{
    public const uint LostAndFoundInode = 11;
    public const int MaxFastLinkLength = Inode.BlockAreaSize - 1;
    private const int LostAndFoundBlocks = 4;
    private const int MaxLinkLength = 4095;
    private const int MaxFileLinks = 65000;

    /// <summary>A directory with more links has 1 as their count (dir_nlink).</summary>
    private const int MaxDirectoryLinks = 65000;

    /// <summary>Block numbers in a file have 32 bits, and the last one cannot be used.</summary>
    private const long MaxFileLength = uint.MaxValue * (long)Ext4Layout.BlockSize;
    private const uint MaxMajor = 0xFFF;
    private const uint MaxMinor = 0xFFFFF;

    private static readonly FileName s_lostAndFound = "lost+found";

    private readonly Dictionary<TreeNode, PlannedInode> _inodes = new(ReferenceEqualityComparer.Instance);
    private readonly List<(PlannedInode Directory, IEnumerator<KeyValuePair<FileName, TreeNode>> Children)> _path = [];
    private readonly Ext4Layout _layout;
    private readonly BlockAllocator _blocks;
    private readonly DirectoryHash _hash;
    private readonly string _target;
    private readonly CancellationToken _cancellation;

    /// <summary>Makes the plan.</summary>
    /// <param name="root">The root directory, with <c>lost+found</c>.</param>
    /// <param name="layout">Where the metadata lie.</param>
    /// <param name="blocks">Gives out the blocks.</param>
    /// <param name="hash">Hash of names.</param>
    /// <param name="target">What errors call the output.</param>
    /// <param name="cancellation">Ends the planning.</param>
    public TreePlan(
        DirectoryNode root, Ext4Layout layout, BlockAllocator blocks, DirectoryHash hash, string target, CancellationToken cancellation)
    {
        _layout = layout;
        _blocks = blocks;
        _target = target;
        _cancellation = cancellation;
        _hash = hash;
        Walk(root);
        Inodes = [.. _inodes.Values.OrderBy(static inode => inode.Number)];
        Place();
    }

    /// <summary>All inodes by number: the root, lost+found and the others.</summary>
    public IReadOnlyList<PlannedInode> Inodes { get; }

    /// <summary>The regular files in the order in which their content lies on the disk.</summary>
    public IReadOnlyList<PlannedInode> Files { get; private set; } = [];

    /// <summary>The highest inode in use; all below it are in use or reserved.</summary>
    public uint LastInode { get; private set; } = LostAndFoundInode;

    public PlannedInode this[TreeNode node] => _inodes[node];

    /// <summary>The blocks of a directory.</summary>
    public DirectoryMaker MakeDirectory(PlannedInode inode) =>
        new((DirectoryNode)inode.Node, _hash, inode.Number == LostAndFoundInode ? LostAndFoundBlocks : 1);

    /// <summary>The attributes of an inode.</summary>
    public PackedXattrs PackXattrs(PlannedInode inode) => new(inode.Node.Xattrs, what => Unwritable(inode, what));

    /// <summary>The count of links as it is stored.</summary>
    public static ushort StoredLinks(PlannedInode inode) =>
        (ushort)(inode.Node is DirectoryNode && inode.Links > MaxDirectoryLinks ? 1 : inode.Links);

    private void Walk(DirectoryNode root)
    {
        Enter(root, new PlannedInode(root, Superblock.RootInode, parent: null, default));
        while (_path.Count > 0)
        {
            _cancellation.ThrowIfCancellationRequested();
            (PlannedInode directory, IEnumerator<KeyValuePair<FileName, TreeNode>> children) = _path[^1];
            if (!children.MoveNext())
            {
                _path.RemoveAt(_path.Count - 1);
                continue;
            }
            (FileName name, TreeNode node) = children.Current;
            if (!name.IsValid)
                throw new ArgumentException($"A name in {directory.Path} is not one that Linux allows: {name}");
            if (node is not DirectoryNode && _inodes.TryGetValue(node, out PlannedInode? known))
            {
                if (++known.Links > MaxFileLinks)
                    throw TooLarge(known, $"has more than {MaxFileLinks:N0} names");
                continue;
            }
            bool isLostAndFound = directory.Parent is null && name == s_lostAndFound;
            PlannedInode inode = new(node, isLostAndFound ? LostAndFoundInode : NextInode(), directory, name);
            if (node is DirectoryNode child)
            {
                directory.Links++;
                Enter(child, inode);
            }
            else if (isLostAndFound)
            {
                throw Unwritable(inode, "is no directory, as ext4 needs it");
            }
            else
            {
                Check(inode);
                _inodes.Add(node, inode);
            }
        }
    }

    private void Enter(DirectoryNode directory, PlannedInode inode)
    {
        if (!_inodes.TryAdd(directory, inode))
            throw new ArgumentException($"The directory {inode.Path} lies in the tree more than once.");
        inode.Links = 2;
        _path.Add((inode, directory.Children.GetEnumerator()));
    }

    private uint NextInode()
    {
        if (LastInode == _layout.InodeCount)
        {
            throw TooLarge(
                $"a file system of {_layout.BlockCount * Ext4Layout.BlockSize:N0} bytes with {_layout.InodeCount:N0} inodes has too few for the tree");
        }
        return ++LastInode;
    }

    private void Check(PlannedInode inode)
    {
        switch (inode.Node)
        {
            case SymlinkNode { Target.Length: 0 or > MaxLinkLength } link:
                throw TooLarge(inode, $"leads to {link.Target.Length:N0} bytes; Linux allows 1 to {MaxLinkLength:N0}");
            case FileNode { Content.Length: > MaxFileLength } file:
                throw TooLarge(inode, $"has {file.Content.Length:N0} bytes; a file on ext4 can have {MaxFileLength:N0}");
            case SpecialNode { Major: > MaxMajor } or SpecialNode { Minor: > MaxMinor }:
                throw TooLarge(inode, $"has a device number beyond {MaxMajor}:{MaxMinor}, the highest that ext4 can hold");
        }
    }

    private void Place()
    {
        foreach (PlannedInode inode in Inodes)
        {
            if (inode.Node is not DirectoryNode)
                continue;
            DirectoryMaker maker = MakeDirectory(inode);
            if (!maker.IsPossible)
                throw TooLarge(inode, "has more entries than an ext4 directory can hold");
            inode.IsHashed = maker.IsHashed;
            inode.Blocks = Place(inode, [new BlockRange(0, maker.BlockCount)]);
        }
        foreach (PlannedInode inode in Inodes)
        {
            if (inode.Node.Xattrs.Count > 0 && PackXattrs(inode).NeedsBlock)
                inode.XattrBlock = Place(inode, [new BlockRange(0, 1)]).Runs[0].Physical;
            if (inode.Node is SymlinkNode { Target.Length: > MaxFastLinkLength })
                inode.Blocks = Place(inode, [new BlockRange(0, 1)]);
        }
        // By place in the source, so that it is read from front to back; the sort is stable.
        Files = [.. Inodes.Where(static inode => inode.Node is FileNode).OrderBy(static inode => (ulong)((FileNode)inode.Node).Content.DiskOffset)];
        foreach (PlannedInode inode in Files)
            inode.Blocks = Place(inode, DataRanges.Find(((FileNode)inode.Node).Content, _blocks.Free, _cancellation));
    }

    private FileBlocks Place(PlannedInode inode, List<BlockRange> ranges)
    {
        _cancellation.ThrowIfCancellationRequested();
        return FileBlocks.TryTake(_blocks, ranges) ?? throw TooLarge(
            $"a file system of {_layout.BlockCount * Ext4Layout.BlockSize:N0} bytes has no room left for {inode.Path}");
    }

    private ImageException TooLarge(PlannedInode inode, string what) => TooLarge($"{inode.Path} {what}");

    private ImageException TooLarge(string what) => new(
        ErrorIds.TooLarge, ImageErrorKind.Destination, $"{_target}: {what}.", "Make the file system larger, or put less into it.");

    private ImageException Unwritable(PlannedInode inode, string what) => new(
        ErrorIds.DestinationUnwritable, ImageErrorKind.Destination, $"{_target}: {inode.Path} {what}.", "Remove or change it in the source.");
}
