using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4;

/// <summary>
/// Reads the whole tree, one level of directories after the other: the directories of a level in disk order, then the inodes
/// that they name in number order, so that inode tables are read in large pieces and mostly once.
/// </summary>
internal sealed class TreeReader(Ext4Device device, InodeTable inodes, FastCommit? fastCommit)
{
    private const int MaxLinkSize = 4095;

    // No path that Linux accepts is deeper than half of PATH_MAX; the limit keeps code that descends by recursion safe.
    private const int MaxDepth = 4096;

    private readonly ReadBudget _budget = new(device);
    private readonly BlockMapCache _maps = new();
    private readonly Dictionary<uint, TreeNode> _nodes = [];
    private readonly HashSet<uint> _placed = [];

    private XattrReader Xattrs => field ??= new XattrReader(device, inodes, _budget);

    private DirectoryReader Directories => field ??= new DirectoryReader(device, Xattrs, _budget, fastCommit);

    /// <summary>Reads everything below the root directory.</summary>
    public DirectoryNode Read(CancellationToken cancellation)
    {
        Inode inode = inodes.Read(Superblock.RootInode, "the file system");
        if (MakeNode(inode) is not DirectoryNode root)
            throw device.Corrupt("inode 2, the root, is no directory");
        _nodes.Add(Superblock.RootInode, root);
        _placed.Add(Superblock.RootInode);
        List<OpenDirectory> level = [Open(root, inode)];
        for (int depth = 0; level.Count > 0; depth++)
        {
            if (depth == MaxDepth)
            {
                throw ImageException.Unsupported(
                    "Ext4", device.Superblock.Source,
                    $"directories are nested more than {MaxDepth:N0} levels deep");
            }
            level = ReadLevel(level, cancellation);
        }
        return root;
    }

    private OpenDirectory Open(DirectoryNode node, Inode inode)
    {
        BlockMap? map = Directories.ReadMap(inode);
        return new OpenDirectory(node, inode, map, map is { Count: > 0 } ? map.Runs[0].Physical : 0);
    }

    private List<OpenDirectory> ReadLevel(List<OpenDirectory> level, CancellationToken cancellation)
    {
        level.Sort(static (left, right) => left.FirstBlock.CompareTo(right.FirstBlock));
        List<(OpenDirectory Parent, List<DirectoryEntry> Entries)> read = new(level.Count);
        List<uint> numbers = [];
        HashSet<uint> wanted = [];
        foreach (OpenDirectory directory in level)
        {
            cancellation.ThrowIfCancellationRequested();
            List<DirectoryEntry> entries = Directories.Read(directory.Inode, directory.Map, cancellation);
            read.Add((directory, entries));
            foreach (DirectoryEntry entry in entries)
            {
                if (!_nodes.ContainsKey(entry.Inode) && wanted.Add(entry.Inode))
                    numbers.Add(entry.Inode);
            }
        }
        numbers.Sort();
        List<OpenDirectory> next = [];
        foreach (uint number in numbers)
        {
            cancellation.ThrowIfCancellationRequested();
            Inode inode = inodes.Read(number, "a directory entry");
            TreeNode node = MakeNode(inode);
            _nodes.Add(number, node);
            if (node is DirectoryNode directory)
                next.Add(Open(directory, inode));
        }
        foreach ((OpenDirectory parent, List<DirectoryEntry> entries) in read)
        {
            foreach (DirectoryEntry entry in entries)
                Place(parent, entry);
        }
        return next;
    }

    private void Place(OpenDirectory parent, DirectoryEntry entry)
    {
        TreeNode node = _nodes[entry.Inode];
        if (node is DirectoryNode && !_placed.Add(entry.Inode))
        {
            throw device.Corrupt(
                $"directory inode {entry.Inode:N0} has a second name, '{entry.Name}' in directory inode {parent.Inode.Number:N0}");
        }
        if (!parent.Node.Children.TryAdd(entry.Name, node))
            throw device.Corrupt($"directory inode {parent.Inode.Number:N0} has the name '{entry.Name}' twice");
    }

    private TreeNode MakeNode(Inode inode)
    {
        if ((inode.Flags & InodeFlags.Encrypted) != 0)
        {
            throw ImageException.Unsupported(
                "Ext4", device.Superblock.Source,
                $"inode {inode.Number:N0} is encrypted (the feature encrypt)");
        }
        TreeNode node = inode.Kind switch
        {
            InodeKind.Directory => new DirectoryNode(),
            InodeKind.File => new FileNode(MakeContent(inode)),
            InodeKind.Symlink => new SymlinkNode(ReadLink(inode)),
            InodeKind.CharacterDevice => MakeDevice(inode, SpecialKind.CharacterDevice),
            InodeKind.BlockDevice => MakeDevice(inode, SpecialKind.BlockDevice),
            InodeKind.Fifo => new SpecialNode(SpecialKind.Fifo),
            InodeKind.Socket => new SpecialNode(SpecialKind.Socket),
            _ => throw device.Corrupt($"inode {inode.Number:N0} has the mode 0x{inode.Mode:X4}, which is no kind of file"),
        };
        node.Permissions = inode.Mode & 0xFFF;
        node.UserId = inode.UserId;
        node.GroupId = inode.GroupId;
        node.ModifiedTime = inode.ModifiedTime;
        node.Xattrs = Xattrs.Read(inode);
        return node;
    }

    /// <summary>The two encodings of device numbers: 8 bits each in the first word, or 12 and 20 bits in the second.</summary>
    private static SpecialNode MakeDevice(Inode inode, SpecialKind kind)
    {
        uint old = BinaryPrimitives.ReadUInt32LittleEndian(inode.BlockArea);
        if (old != 0)
            return new SpecialNode(kind, (old >> 8) & 0xFF, old & 0xFF);
        uint device = BinaryPrimitives.ReadUInt32LittleEndian(inode.BlockArea[4..]);
        return new SpecialNode(kind, (device >> 8) & 0xFFF, (device & 0xFF) | ((device >> 12) & 0xFFF00));
    }

    private FileContent MakeContent(Inode inode)
    {
        if ((inode.Flags & InodeFlags.EaInode) != 0)
            throw device.Corrupt($"a directory entry refers to inode {inode.Number:N0}, which holds the value of an extended attribute");
        if (inode.Size / (ulong)device.BlockSize > uint.MaxValue)
            throw device.Corrupt($"inode {inode.Number:N0} has a size of {inode.Size:N0} bytes, more than block numbers reach");
        return (inode.Flags & InodeFlags.InlineData) != 0
            ? new InlineContent(ReadInline(inode), (long)inode.Size)
            : new Ext4FileContent(device, _maps, new BlockMapSource(device, inode, fastCommit?.FindMap(inode.Number)), (long)inode.Size);
    }

    /// <summary>The bytes that the inode holds, cut at the file's size.</summary>
    private byte[] ReadInline(Inode inode)
    {
        ReadOnlySpan<byte> start = inode.BlockArea;
        ReadOnlySpan<byte> rest = Xattrs.FindInlineData(inode).Span;
        byte[] content = new byte[Math.Min(inode.Size, (ulong)(start.Length + rest.Length))];
        int inArea = Math.Min(content.Length, start.Length);
        start[..inArea].CopyTo(content);
        rest[..(content.Length - inArea)].CopyTo(content.AsSpan(inArea));
        return content;
    }

    private byte[] ReadLink(Inode inode)
    {
        if (inode.Size == 0 || inode.Size > (ulong)Math.Min(MaxLinkSize, device.BlockSize - 1))
            throw device.Corrupt($"the symbolic link in inode {inode.Number:N0} has a target of {inode.Size:N0} bytes");
        byte[] target;
        if ((inode.Flags & InodeFlags.InlineData) != 0)
        {
            target = ReadInline(inode);
        }
        else if (inode.IsFastSymlink)
        {
            if (inode.Size >= Inode.BlockAreaSize)
            {
                throw device.Corrupt(
                    $"the symbolic link in inode {inode.Number:N0} has a target of {inode.Size:N0} bytes, but no block for it");
            }
            target = inode.BlockArea[..(int)inode.Size].ToArray();
        }
        else
        {
            _budget.Take(1, inode.Number);
            target = new byte[inode.Size];
            new Ext4FileContent(device, _maps, new BlockMapSource(device, inode, fastCommit?.FindMap(inode.Number)), target.Length).Read(0, target);
        }
        if (target.AsSpan().Contains((byte)0))
            throw device.Corrupt($"the target of the symbolic link in inode {inode.Number:N0} holds a zero byte");
        return target;
    }

    private sealed record OpenDirectory(DirectoryNode Node, Inode Inode, BlockMap? Map, long FirstBlock);
}
