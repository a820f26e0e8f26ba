namespace RpiLive.Core.Ext4.Making;

/// <summary>
/// Where the metadata of a new file system lie that depend on its size only: copies of superblock and group descriptors, bitmaps
/// and inode tables (Documentation/filesystems/ext4/blockgroup.rst), in the proportions of mke2fs (e2fsprogs,
/// lib/ext2fs/initialize.c and misc/mke2fs.conf.in).
/// </summary>
internal sealed class Ext4Layout
{
    public const int BlockSize = 4096;
    public const int BlocksPerGroup = 8 * BlockSize;
    public const int DescriptorSize = 64;
    public const int InodeSize = 256;
    public const int InodesPerBlock = BlockSize / InodeSize;
    public const int LogGroupsPerFlex = 4;
    public const int AddressesPerBlock = BlockSize / sizeof(uint);
    public const long MinLength = 8L << 20;
    public const long MaxLength = 16L << 40;
    private const int GroupsPerFlex = 1 << LogGroupsPerFlex;
    private const int DescriptorsPerBlock = BlockSize / DescriptorSize;

    /// <summary>A last group with less room for data than this is left out.</summary>
    private const int MinDataBlocks = 50;

    /// <summary>Descriptors are reserved for growing so many times.</summary>
    private const int MaxGrowth = 1024;

    private readonly long[] _blockBitmaps;
    private readonly long[] _inodeBitmaps;
    private readonly long[] _inodeTables;

    /// <summary>Lays out a file system.</summary>
    /// <param name="length">Bytes that it may have, <see cref="MinLength"/> to <see cref="MaxLength"/>.</param>
    /// <param name="bytesPerInode">Bytes for each inode; null for the default.</param>
    public Ext4Layout(long length, int? bytesPerInode)
    {
        BlockCount = length / BlockSize;
        Divide(bytesPerInode ?? DefaultBytesPerInode(length));
        long rest = BlockCount % BlocksPerGroup;
        int overhead = 2 + InodeTableBlocks + BackupBlocks(GroupCount - 1);
        if (GroupCount > 1 && rest > 0 && rest < overhead + MinDataBlocks)
        {
            BlockCount -= rest;
            Divide(bytesPerInode ?? DefaultBytesPerInode(length));
        }
        _blockBitmaps = new long[GroupCount];
        _inodeBitmaps = new long[GroupCount];
        _inodeTables = new long[GroupCount];
        Fixed = Place();
        foreach (BlockRange range in Fixed)
            FixedBlocks += range.Length;
    }

    public long BlockCount { get; private set; }

    public int GroupCount { get; private set; }

    /// <summary>Blocks of the table of group descriptors.</summary>
    public int DescriptorBlocks { get; private set; }

    /// <summary>Blocks kept for more descriptors.</summary>
    public int ReservedDescriptorBlocks { get; private set; }

    public int InodesPerGroup { get; private set; }

    public int InodeTableBlocks => InodesPerGroup / InodesPerBlock;

    public uint InodeCount => (uint)(GroupCount * (long)InodesPerGroup);

    /// <summary>The resize inode has 32-bit block numbers.</summary>
    public bool HasResizeInode => BlockCount <= uint.MaxValue;

    /// <summary>Blocks of all the metadata laid out here, in order, with space between.</summary>
    public IReadOnlyList<BlockRange> Fixed { get; }

    public long FixedBlocks { get; }

    /// <summary>Blocks of the journal: as ext2fs_default_journal_size of e2fsprogs (lib/ext2fs/mkjournal.c).</summary>
    public int JournalBlocks => BlockCount switch
    {
        < 32 << 10 => 1 << 10,
        < 256 << 10 => 4 << 10,
        < 512 << 10 => 8 << 10,
        < 4 << 20 => 16 << 10,
        < 8 << 20 => 32 << 10,
        < 16 << 20 => 64 << 10,
        < 32 << 20 => 128 << 10,
        _ => 256 << 10,
    };

    public long BlockBitmap(int group) => _blockBitmaps[group];

    public long InodeBitmap(int group) => _inodeBitmaps[group];

    public long InodeTable(int group) => _inodeTables[group];

    /// <summary>The first block of a group.</summary>
    public static long GroupStart(int group) => (long)group * BlocksPerGroup;

    /// <summary>Blocks of a group; less than <see cref="BlocksPerGroup"/> for the last one.</summary>
    public int BlocksOf(int group) => (int)Math.Min(BlocksPerGroup, BlockCount - GroupStart(group));

    /// <summary>Groups other than the first that start with a copy of superblock and descriptors.</summary>
    public IEnumerable<int> BackupGroups()
    {
        for (int group = 1; group < GroupCount; group++)
        {
            if (Superblock.HasSparseBackup(group))
                yield return group;
        }
    }

    /// <summary>Blocks at the start of a group for superblock and descriptors; 0 for most groups.</summary>
    public int BackupBlocks(int group) => Superblock.HasSparseBackup(group) ? 1 + DescriptorBlocks + ReservedDescriptorBlocks : 0;

    private static int DefaultBytesPerInode(long length) => length switch
    {
        < 512L << 20 => 4096,
        < 4L << 40 => 16384,
        < 16L << 40 => 32768,
        _ => 65536,
    };

    private static long DivideUp(long value, long divisor) => (value + divisor - 1) / divisor;

    private void Divide(int bytesPerInode)
    {
        GroupCount = (int)DivideUp(BlockCount, BlocksPerGroup);
        DescriptorBlocks = (int)DivideUp(GroupCount, DescriptorsPerBlock);
        long groups = DivideUp(Math.Min(BlockCount * MaxGrowth, uint.MaxValue), BlocksPerGroup);
        ReservedDescriptorBlocks = HasResizeInode
            ? (int)Math.Clamp(DivideUp(groups, DescriptorsPerBlock) - DescriptorBlocks, 0, AddressesPerBlock)
            : 0;
        long inodes = Math.Clamp(BlockCount * BlockSize / bytesPerInode, 1, uint.MaxValue);
        InodesPerGroup = (int)DivideUp(DivideUp(inodes, GroupCount), InodesPerBlock) * InodesPerBlock;
        while (GroupCount * (long)InodesPerGroup > uint.MaxValue)
            InodesPerGroup -= InodesPerBlock;
    }

    /// <summary>
    /// Bitmaps and inode tables of 16 groups stand together from the start of the first (flex_bg), in as many groups as they need.
    /// </summary>
    private List<BlockRange> Place()
    {
        List<BlockRange> ranges = [];
        for (int first = 0; first < GroupCount; first += GroupsPerFlex)
        {
            int end = Math.Min(first + GroupsPerFlex, GroupCount);
            long next = GroupStart(first);
            for (int group = first; group < end; group++)
                _blockBitmaps[group] = Take(1);
            for (int group = first; group < end; group++)
                _inodeBitmaps[group] = Take(1);
            for (int group = first; group < end; group++)
                _inodeTables[group] = Take(InodeTableBlocks);

            long Take(int count)
            {
                long start = AfterBackups(next, count);
                ranges.Add(new BlockRange(start, count));
                next = start + count;
                return start;
            }
        }
        for (int group = 0; group < GroupCount; group++)
        {
            int count = BackupBlocks(group);
            if (count > 0)
                ranges.Add(new BlockRange(GroupStart(group), count));
        }
        return Merge(ranges);
    }

    /// <summary>The first place from <paramref name="start"/> on where so many blocks stand clear of all copies of the descriptors.</summary>
    private long AfterBackups(long start, int count)
    {
        for (int group = (int)(start / BlocksPerGroup); group < GroupCount && GroupStart(group) < start + count; group++)
        {
            long end = GroupStart(group) + BackupBlocks(group);
            if (end > start)
                start = end;
        }
        return start;
    }

    private static List<BlockRange> Merge(List<BlockRange> ranges)
    {
        ranges.Sort(static (left, right) => left.Start.CompareTo(right.Start));
        List<BlockRange> merged = [];
        foreach (BlockRange range in ranges)
        {
            if (merged.Count > 0 && merged[^1].End == range.Start)
                merged[^1] = merged[^1] with { Length = merged[^1].Length + range.Length };
            else
                merged.Add(range);
        }
        return merged;
    }
}
