using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4.Making;

/// <summary>
/// Makes ext4 file systems with the features that mke2fs 1.47 gives them, empty or filled with a tree. Blocks of zeros are never
/// written, so even the largest empty one takes little space on the host. What lies where follows from the size and the tree
/// alone: the same input gives the same bytes.
/// </summary>
public static class Ext4Maker
{
    /// <summary>The smallest size in bytes.</summary>
    public const long MinLength = Ext4Layout.MinLength;

    /// <summary>The largest size in bytes.</summary>
    public const long MaxLength = Ext4Layout.MaxLength;

    private const int CopySize = 1 << 20;

    /// <summary>Makes a file system.</summary>
    /// <param name="target">The partition: offset 0 is its first byte. It must read as zeros where nothing was written.</param>
    /// <param name="length">Bytes that the file system may have, <see cref="MinLength"/> to <see cref="MaxLength"/>; the caller makes the target that long.</param>
    /// <param name="options">What to make.</param>
    /// <param name="tree">
    /// What it holds; null for nothing. A <c>lost+found</c> is made where the root has none. Times before 1901 or after 2446 become
    /// the nearest that ext4 can hold.
    /// </param>
    /// <param name="cancellation">Ends the work; what was written is no file system then.</param>
    /// <returns>What was made.</returns>
    /// <exception cref="ArgumentException">The length or the options break their rules, or the tree those of trees.</exception>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.TooLarge"/> or <see cref="ErrorIds.DestinationUnwritable"/>: ext4 or this size cannot hold the tree, and
    /// nothing was written; or an error of the target or of a file in the tree, and what was written has no superblock.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> asked for it.</exception>
    public static Ext4Summary Make(
        RandomAccessTarget target, long length, Ext4Options options, DirectoryNode? tree = null, CancellationToken cancellation = default)
    {
        Check(length, options);
        Ext4Layout layout = new(length, options.BytesPerInode);
        BlockAllocator blocks = new(layout);
        ReservedInodes reserved = new(layout, blocks);
        TreePlan plan = new(WithLostAndFound(tree, options), layout, blocks, new DirectoryHash(options.HashSeed), target.Name, cancellation);

        uint checksumSeed = Crc32C.Update(Crc32C.Start, options.Id.ToByteArray(bigEndian: true));
        BlockTarget output = new(target);
        InodeMaker inodes = new(checksumSeed, options.Timestamp, output);
        WriteContents(plan, inodes, checksumSeed, output, cancellation);
        byte[] savedJournal = WriteInodes(layout, plan, reserved, options, inodes, output, cancellation);
        GroupTable groups = new(layout, checksumSeed, output);
        groups.Write(blocks.Next, plan.LastInode, CountDirectories(layout, plan), cancellation);
        uint freeInodes = layout.InodeCount - plan.LastInode;
        SuperblockMaker superblock = new(layout, options, blocks.Free, freeInodes, savedJournal);
        foreach (int group in layout.BackupGroups())
        {
            output.Write(Ext4Layout.GroupStart(group), superblock.For(group));
            output.Write(Ext4Layout.GroupStart(group) + 1, groups.Bytes);
        }
        output.Write(1, groups.Bytes);
        // Only with it is this a file system.
        target.Write(Superblock.Offset, superblock.For(0));
        return new Ext4Summary
        {
            Length = layout.BlockCount * Ext4Layout.BlockSize,
            BlockCount = layout.BlockCount,
            FreeBlocks = blocks.Free,
            InodeCount = layout.InodeCount,
            FreeInodes = freeInodes,
        };
    }

    private static void Check(long length, Ext4Options options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, MinLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
        if (options.Label.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(options.Label) > Superblock.LabelLength)
            throw new ArgumentException($"\"{options.Label}\" cannot be a volume label.", nameof(options));
        if (options.BytesPerInode is < 4096 or > 64 << 20)
            throw new ArgumentException($"There cannot be an inode for each {options.BytesPerInode:N0} bytes.", nameof(options));
        if (options.ReservedPercent is < 0 or > 50)
            throw new ArgumentException($"{options.ReservedPercent} % cannot be reserved.", nameof(options));
        if (options.Timestamp.Seconds is < 0 or > InodeMaker.MaxSeconds)
            throw new ArgumentException($"{options.Timestamp.Seconds:N0} seconds since 1970 cannot be the time of a file system.", nameof(options));
    }

    /// <summary>The tree, which is left as it is, with a <c>lost+found</c>.</summary>
    private static DirectoryNode WithLostAndFound(DirectoryNode? tree, Ext4Options options)
    {
        FileName name = "lost+found";
        if (tree is not null && tree.Children.ContainsKey(name))
            return tree;
        tree ??= new DirectoryNode { Permissions = 0x1ED, ModifiedTime = options.Timestamp };
        DirectoryNode root = new()
        {
            Permissions = tree.Permissions,
            UserId = tree.UserId,
            GroupId = tree.GroupId,
            ModifiedTime = tree.ModifiedTime,
            Xattrs = tree.Xattrs,
        };
        foreach ((FileName child, TreeNode node) in tree.Children)
            root.Children.Add(child, node);
        root.Children.Add(name, new DirectoryNode { Permissions = 0x1C0, ModifiedTime = options.Timestamp });
        return root;
    }

    private static void WriteContents(TreePlan plan, InodeMaker inodes, uint checksumSeed, BlockTarget output, CancellationToken cancellation)
    {
        foreach (PlannedInode inode in plan.Inodes)
        {
            cancellation.ThrowIfCancellationRequested();
            if (inode.Node is DirectoryNode)
                WriteDirectory(plan, inode, inodes.ChecksumSeedOf(inode.Number), output);
            else if (inode.Node is SymlinkNode link && inode.Blocks.Runs.Count > 0)
                output.Write(inode.Blocks.Runs[0].Physical, link.Target);
            if (inode.XattrBlock != 0)
                output.Write(inode.XattrBlock, plan.PackXattrs(inode).MakeBlock(inode.XattrBlock, checksumSeed));
        }
        byte[] buffer = new byte[CopySize];
        foreach (PlannedInode inode in plan.Files)
            WriteFile(inode.Blocks, ((FileNode)inode.Node).Content, buffer, output, cancellation);
    }

    private static void WriteDirectory(TreePlan plan, PlannedInode inode, uint checksumSeed, BlockTarget output)
    {
        IReadOnlyList<BlockRun> runs = inode.Blocks.Runs;
        int at = 0;
        plan.MakeDirectory(inode).Write(inode, node => plan[node], checksumSeed, (number, bytes) =>
        {
            while (number >= runs[at].End)
                at++;
            output.Write(runs[at].Physical + number - runs[at].Logical, bytes);
        });
    }

    private static void WriteFile(FileBlocks blocks, FileContent content, byte[] buffer, BlockTarget output, CancellationToken cancellation)
    {
        foreach (BlockRun run in blocks.Runs)
        {
            for (long done = 0; done < run.Length; done += CopySize / Ext4Layout.BlockSize)
            {
                cancellation.ThrowIfCancellationRequested();
                long offset = (run.Logical + done) * Ext4Layout.BlockSize;
                long end = Math.Min(run.End * Ext4Layout.BlockSize, content.Length);
                Span<byte> part = buffer.AsSpan(0, (int)Math.Min(CopySize, end - offset));
                content.Read(offset, part);
                output.Write(run.Physical + done, part);
            }
        }
    }

    /// <summary>Writes the inode tables as far as they are in use.</summary>
    private static byte[] WriteInodes(
        Ext4Layout layout, TreePlan plan, ReservedInodes reserved, Ext4Options options, InodeMaker maker, BlockTarget output,
        CancellationToken cancellation)
    {
        byte[] table = new byte[layout.InodesPerGroup * Ext4Layout.InodeSize];
        byte[] savedJournal = reserved.Write(options, maker, output, table);
        int group = 0;
        foreach (PlannedInode inode in plan.Inodes)
        {
            cancellation.ThrowIfCancellationRequested();
            int index = (int)(inode.Number - 1) - (group * layout.InodesPerGroup);
            if (index >= layout.InodesPerGroup)
            {
                output.Write(layout.InodeTable(group++), table);
                table.AsSpan().Clear();
                index -= layout.InodesPerGroup;
            }
            maker.Make(inode, plan.PackXattrs(inode), table.AsSpan(index * Ext4Layout.InodeSize, Ext4Layout.InodeSize));
        }
        output.Write(layout.InodeTable(group), table);
        return savedJournal;
    }

    private static int[] CountDirectories(Ext4Layout layout, TreePlan plan)
    {
        int[] counts = new int[((plan.LastInode - 1) / (uint)layout.InodesPerGroup) + 1];
        foreach (PlannedInode inode in plan.Inodes)
        {
            if (inode.Node is DirectoryNode)
                counts[(inode.Number - 1) / (uint)layout.InodesPerGroup]++;
        }
        return counts;
    }
}
