using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4;

/// <summary>
/// What the fast commits of a dirty journal change, kept beside the file system instead of being written into it: inodes,
/// block maps and directories. The rules are those of the replay functions in fs/ext4/fast_commit.c, record by record.
/// </summary>
internal sealed class FastCommit(Ext4Device device)
{
    private const int LinkCountOffset = 0x1A;

    private readonly Dictionary<uint, byte[]> _inodes = [];
    private readonly Dictionary<uint, List<BlockRun>> _maps = [];
    private readonly Dictionary<uint, Dictionary<FileName, uint>> _directories = [];
    private InodeTable _table = null!;
    private DirectoryReader _reader = null!;
    private CancellationToken _cancellation;

    /// <summary>An inode that the replay has changed; null for all others.</summary>
    public Inode? FindInode(uint number) => _inodes.TryGetValue(number, out byte[]? raw) ? new Inode(device, number, raw, verify: false) : null;

    /// <summary>The block map of a file that the replay has changed; null for all others.</summary>
    public BlockMap? FindMap(uint number) => _maps.TryGetValue(number, out List<BlockRun>? runs) ? new BlockMap([.. runs]) : null;

    /// <summary>The entries of a directory that the replay has changed; null for all others.</summary>
    public IReadOnlyDictionary<FileName, uint>? FindDirectory(uint number) => _directories.GetValueOrDefault(number);

    /// <summary>Applies the records in their order.</summary>
    public void Replay(IReadOnlyList<FastCommitRecord> records, GroupDescriptor[] groups, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _table = new InodeTable(device, groups, this);
        ReadBudget budget = new(device);
        _reader = new DirectoryReader(device, new XattrReader(device, _table, budget), budget, fastCommit: null);
        foreach (FastCommitRecord record in records)
        {
            cancellation.ThrowIfCancellationRequested();
            switch (record.Tag)
            {
                case FastCommitTag.Inode: ReplayInode(record.Value); break;
                case FastCommitTag.AddRange: ReplayAddRange(record.Value); break;
                case FastCommitTag.DeleteRange: ReplayDeleteRange(record.Value); break;
                case FastCommitTag.Create: ReplayCreate(record.Value); break;
                case FastCommitTag.Link: ReplayLink(record.Value); break;
                case FastCommitTag.Unlink: ReplayUnlink(record.Value); break;
            }
        }
    }

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private (uint Parent, uint Inode, FileName Name) ParseName(ReadOnlySpan<byte> value)
    {
        FileName name = new(value[8..]);
        return name.IsValid
            ? (UInt32(value, 0), UInt32(value, 4), name)
            : throw device.Corrupt("a fast commit in the journal has a name that no file can have");
    }

    /// <summary>An inode in use; null for any other, which Linux passes over without an error.</summary>
    private Inode? Find(uint number)
    {
        if (number == 0 || number > device.Superblock.InodeCount || device.Superblock.IsReserved(number))
            return null;
        Inode inode = FindInode(number) ?? new Inode(device, number, _table.ReadRawAnywhere(number), verify: false);
        return inode.LinkCount == 0 || inode.Mode == 0 ? null : inode;
    }

    private byte[] Change(uint number)
    {
        if (!_inodes.TryGetValue(number, out byte[]? raw))
            _inodes.Add(number, raw = _table.ReadRawAnywhere(number));
        return raw;
    }

    private void SetLinkCount(uint number, int count) =>
        BinaryPrimitives.WriteUInt16LittleEndian(Change(number).AsSpan(LinkCountOffset), (ushort)count);

    private List<BlockRun> MapOf(Inode inode)
    {
        if ((inode.Flags & InodeFlags.Extents) == 0)
        {
            throw ImageException.Unsupported(
                "Ext4", device.Superblock.Source,
                $"a fast commit in the journal changes inode {inode.Number:N0}, which has no extents; run e2fsck on the image first");
        }
        if (!_maps.TryGetValue(inode.Number, out List<BlockRun>? runs))
            _maps.Add(inode.Number, runs = [.. new BlockMapSource(device, inode, replayed: null).Read(device).Runs]);
        return runs;
    }

    private Dictionary<FileName, uint> DirectoryOf(Inode inode)
    {
        if (inode.Kind != InodeKind.Directory)
            throw device.Corrupt($"a fast commit in the journal puts a name into inode {inode.Number:N0}, which is no directory");
        if (_directories.TryGetValue(inode.Number, out Dictionary<FileName, uint>? entries))
            return entries;
        entries = [];
        foreach (DirectoryEntry entry in _reader.Read(inode, _reader.ReadMap(inode), _cancellation))
        {
            if (!entries.TryAdd(entry.Name, entry.Inode))
                throw device.Corrupt($"directory inode {inode.Number:N0} has the name '{entry.Name}' twice");
        }
        _directories.Add(inode.Number, entries);
        return entries;
    }

    /// <summary>
    /// The record holds the inode with its block area, but of a file with extents the blocks come with ranges of their own.
    /// </summary>
    private void ReplayInode(ReadOnlySpan<byte> value)
    {
        uint number = UInt32(value, 0);
        if (number == 0 || number > device.Superblock.InodeCount)
            throw device.Corrupt($"a fast commit in the journal has inode {number:N0} of {device.Superblock.InodeCount:N0}");
        ReadOnlySpan<byte> recorded = value[4..];
        // The recorded size of a directory counts blocks that only the names replayed so far stand for, so its old entries are taken first.
        if (Find(number) is { Kind: InodeKind.Directory } directory)
            DirectoryOf(directory);
        byte[] raw = Change(number);
        recorded[..Inode.BlockAreaOffset].CopyTo(raw);
        recorded[Inode.GenerationOffset..].CopyTo(raw.AsSpan(Inode.GenerationOffset));
        Span<byte> area = raw.AsSpan(Inode.BlockAreaOffset, Inode.BlockAreaSize);
        Inode inode = new(device, number, raw, verify: false);
        if ((inode.Flags & InodeFlags.Extents) == 0)
        {
            if (inode.Kind is not (InodeKind.File or InodeKind.Directory) || (inode.Flags & InodeFlags.InlineData) != 0)
                recorded.Slice(Inode.BlockAreaOffset, Inode.BlockAreaSize).CopyTo(area);
        }
        else if (BinaryPrimitives.ReadUInt16LittleEndian(area) != ExtentTree.Magic)
        {
            area.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(area, ExtentTree.Magic);
            BinaryPrimitives.WriteUInt16LittleEndian(area[4..], 4);
        }
    }

    private void ReplayAddRange(ReadOnlySpan<byte> value)
    {
        if (Find(UInt32(value, 0)) is not Inode inode)
            return;
        long logical = UInt32(value, 4);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(value[8..]);
        bool isWritten = length <= ExtentTree.MaxWrittenLength;
        if (!isWritten)
            length -= ExtentTree.MaxWrittenLength;
        long physical = UInt32(value, 12) | ((long)BinaryPrimitives.ReadUInt16LittleEndian(value[10..]) << 32);
        device.CheckBlocks(physical, length, $"a fast commit of inode {inode.Number:N0}");
        if (length == 0 || logical + length > uint.MaxValue)
            throw device.Corrupt($"a fast commit in the journal adds {length:N0} blocks at block {logical:N0} to inode {inode.Number:N0}");
        List<BlockRun> runs = MapOf(inode);
        int index = Cut(runs, logical, logical + length);
        if (isWritten)
            runs.Insert(index, new BlockRun(logical, length, physical));
    }

    private void ReplayDeleteRange(ReadOnlySpan<byte> value)
    {
        if (Find(UInt32(value, 0)) is Inode inode)
            Cut(MapOf(inode), UInt32(value, 4), UInt32(value, 4) + (long)UInt32(value, 8));
    }

    /// <summary>Takes a range of file blocks out of a map.</summary>
    /// <returns>The index at which a run for that range belongs.</returns>
    private static int Cut(List<BlockRun> runs, long start, long end)
    {
        int index = 0;
        while (index < runs.Count && runs[index].End <= start)
            index++;
        if (index < runs.Count && runs[index].Logical < start)
        {
            BlockRun run = runs[index];
            runs[index++] = run with { Length = start - run.Logical };
            if (run.End > end)
                runs.Insert(index, new BlockRun(end, run.End - end, run.Physical + (end - run.Logical)));
        }
        int last = index;
        while (last < runs.Count && runs[last].End <= end)
            last++;
        runs.RemoveRange(index, last - index);
        if (index < runs.Count && runs[index].Logical < end)
        {
            BlockRun run = runs[index];
            runs[index] = new BlockRun(end, run.End - end, run.Physical + (end - run.Logical));
        }
        return index;
    }

    private void ReplayCreate(ReadOnlySpan<byte> value)
    {
        (uint parent, uint number, FileName name) = ParseName(value);
        if (Find(number) is not Inode inode)
            throw device.Corrupt($"a fast commit in the journal creates '{name}' with inode {number:N0}, which is free");
        if (inode.Kind == InodeKind.Directory)
        {
            // Linux gives the directory a new first block; where it has one the replay has already been there.
            bool isNew = (inode.Flags & InodeFlags.InlineData) != 0 || MapOf(inode) is not [{ Logical: 0 }, ..];
            if (!isNew || Find(parent) is null)
                return;
            _directories[number] = [];
        }
        AddName(parent, inode, name);
        SetLinkCount(number, 1);
    }

    private void ReplayLink(ReadOnlySpan<byte> value)
    {
        (uint parent, uint number, FileName name) = ParseName(value);
        if (Find(number) is Inode inode)
            AddName(parent, inode, name);
    }

    /// <summary>Adds a name; one that exists stays as it is.</summary>
    private void AddName(uint parent, Inode inode, FileName name)
    {
        if (Find(parent) is Inode directory && DirectoryOf(directory).TryAdd(name, inode.Number))
            SetLinkCount(inode.Number, inode.LinkCount + 1);
    }

    private void ReplayUnlink(ReadOnlySpan<byte> value)
    {
        (uint parent, uint number, FileName name) = ParseName(value);
        if (Find(number) is not Inode inode || Find(parent) is not Inode directory)
            return;
        Dictionary<FileName, uint> entries = DirectoryOf(directory);
        if (!entries.TryGetValue(name, out uint found))
            return;
        // A name that leads elsewhere by now belongs to a rename and stays.
        if (found == number)
            entries.Remove(name);
        int left = inode.LinkCount - 1;
        SetLinkCount(number, left);
        if (left == 0)
            Free(number);
    }

    private void Free(uint number)
    {
        _maps.Remove(number);
        _directories.Remove(number);
        Change(number).AsSpan(Inode.BlockAreaOffset, Inode.BlockAreaSize).Clear();
    }
}
