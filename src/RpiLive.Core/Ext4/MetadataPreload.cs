using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Ext4;

/// <summary>
/// Reads what the tree is made of ahead, for a source that is dear to go back and forth in, such as a compressed image: first
/// the inode tables, then the nodes of block maps, then directories, link targets and attributes, each from front to back.
/// What is damaged is passed over: who needs it will find it and say so.
/// </summary>
internal sealed class MetadataPreload(Ext4Device device, PreloadedSource source, GroupDescriptor[] groups, InodeTable inodes, CancellationToken cancellation)
{
    /// <summary>Bytes of blocks to hold at most; the rest is then read when it is needed.</summary>
    private const long MaxBytes = 96 << 20;

    /// <summary>Bytes of the file system that one thread goes through at a time; a block of an .xz file is 24 MiB, mostly.</summary>
    private const long StretchBytes = 32 << 20;

    private const int MaxTreeDepth = 5;
    private const int DirectPointers = 12;

    private readonly List<Inode> _readers = [];
    private readonly HashSet<long> _nodes = [];
    private readonly HashSet<long> _contents = [];
    private long _left = MaxBytes / device.BlockSize;

    /// <summary>Reads it all.</summary>
    /// <returns>The blocks that only reading the tree needs, not reading files later.</returns>
    public IReadOnlyCollection<long> Run()
    {
        List<(long Block, int Level)> level = FindInodes();
        for (int depth = 0; depth < MaxTreeDepth && level.Count > 0; depth++)
            level = LoadNodes(level);
        FindContents();
        // A copy of every inode; the tree is built on top of what stays.
        _readers.Clear();
        _readers.TrimExcess();
        HostMemory.Return();
        LoadContents();
        return _contents;
    }

    /// <summary>Goes through the inode tables; gives the first nodes of deep block maps.</summary>
    private List<(long Block, int Level)> FindInodes()
    {
        Superblock superblock = device.Superblock;
        List<(long Block, int Level)> nodes = [];
        foreach (int group in Enumerable.Range(0, groups.Length).OrderBy(group => groups[group].InodeTable))
        {
            cancellation.ThrowIfCancellationRequested();
            uint first = ((uint)group * superblock.InodesPerGroup) + 1;
            uint used = Math.Min(groups[group].UsedInodes, superblock.InodeCount - first + 1);
            for (uint index = 0; index < used; index++)
            {
                if (inodes.Find(first + index) is not { } inode)
                    continue;
                if (inode.XattrBlock != 0)
                    Want(inode.XattrBlock, _contents);
                if ((inode.Flags & InodeFlags.InlineData) != 0 || !HasBlocks(inode))
                    continue;
                if (inode.Kind != InodeKind.File || (inode.Flags & InodeFlags.EaInode) != 0)
                    _readers.Add(inode);
                AddRoots(inode, nodes);
            }
        }
        return nodes;
    }

    private static bool HasBlocks(Inode inode) =>
        inode.Kind is InodeKind.File or InodeKind.Directory || (inode.Kind == InodeKind.Symlink && !inode.IsFastSymlink);

    private static void AddRoots(Inode inode, List<(long Block, int Level)> nodes)
    {
        if ((inode.Flags & InodeFlags.Extents) != 0)
        {
            AddChildren(inode.BlockArea, nodes);
            return;
        }
        for (int level = 1; level <= 3; level++)
        {
            uint block = BinaryPrimitives.ReadUInt32LittleEndian(inode.BlockArea[((DirectPointers + level - 1) * 4)..]);
            if (block != 0)
                nodes.Add((block, level));
        }
    }

    /// <summary>The children of a node of an extent tree, as <c>(block, 0)</c>; none for a leaf.</summary>
    private static void AddChildren(ReadOnlySpan<byte> node, List<(long Block, int Level)> nodes)
    {
        int count = BinaryPrimitives.ReadUInt16LittleEndian(node[2..]);
        int depth = BinaryPrimitives.ReadUInt16LittleEndian(node[6..]);
        if (BinaryPrimitives.ReadUInt16LittleEndian(node) != ExtentTree.Magic || depth == 0)
            return;
        for (int at = ExtentTree.HeaderSize; count > 0 && at + ExtentTree.EntrySize <= node.Length; count--, at += ExtentTree.EntrySize)
            nodes.Add((ExtentTree.ChildOf(node[at..]), 0));
    }

    private List<(long Block, int Level)> LoadNodes(List<(long Block, int Level)> level)
    {
        level.Sort();
        byte[] bytes = new byte[device.BlockSize];
        List<(long Block, int Level)> next = [];
        foreach ((long block, int indirection) in level)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!Want(block, _nodes))
                continue;
            source.Load(block, bytes);
            if (indirection == 0)
                AddChildren(bytes, next);
            for (int at = 0; indirection > 1 && at < bytes.Length; at += 4)
            {
                uint child = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
                if (child != 0)
                    next.Add((child, indirection - 1));
            }
        }
        return next;
    }

    private void FindContents()
    {
        Ext4Device preloaded = new(source, device.Superblock);
        foreach (Inode inode in _readers)
        {
            cancellation.ThrowIfCancellationRequested();
            BlockMap map;
            try
            {
                map = new BlockMapSource(preloaded, inode, replayed: null).Read(preloaded);
            }
            catch (ImageException)
            {
                continue;
            }
            foreach (BlockRun run in map.Runs)
            {
                for (long block = run.Physical; block < run.Physical + run.Length && _left > 0; block++)
                    Want(block, _contents);
            }
        }
    }

    /// <summary>From front to back, but on all processors, as what comes next need not be known to the source.</summary>
    private void LoadContents()
    {
        IEnumerable<long[]> stretches = _contents.Order().GroupBy(block => block * device.BlockSize / StretchBytes, static (_, blocks) => blocks.ToArray());
        OrderedParallel.ForEach(stretches, Environment.ProcessorCount, Load, cancellation);

        void Load(long[] stretch)
        {
            byte[] buffer = new byte[device.BlockSize];
            foreach (long block in stretch)
            {
                cancellation.ThrowIfCancellationRequested();
                source.Load(block, buffer);
            }
        }
    }

    /// <summary>Notes a block; false when it is noted already, outside the file system or one too many.</summary>
    private bool Want(long block, HashSet<long> blocks)
    {
        if (_left == 0 || block <= device.Superblock.FirstDataBlock || block >= device.Superblock.BlockCount || !blocks.Add(block))
            return false;
        _left--;
        return true;
    }
}
