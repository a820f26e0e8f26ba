using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Fat.Editing;

/// <summary>
/// Changes files on a FAT32 volume in place. Every edit is a sequence of writes and flushes that can be cut anywhere: the volume then
/// reads as before or as after it. For one thread.
/// </summary>
/// <remarks>
/// <para>Invariants, true on the disk at every moment:</para>
/// <list type="number">
/// <item>A directory entry leads to a chain that is complete on the disk, in every table, with all its content.</item>
/// <item>A cluster that a directory entry leads to is never written, but for the entries of directories.</item>
/// <item>What makes an edit true is the writing of one sector of 512 bytes, with a flush before and one after it: the sector of the
/// directory with the short entry, the sector of the table in use that makes a directory longer, or the boot sector.</item>
/// <item>The sector with the count of free clusters holds the number that is right when lost clusters are counted as free, or says that
/// it is not known.</item>
/// <item>The table in use is the truth; the others follow it, the copy of the boot sector follows the boot sector.</item>
/// </list>
/// <para>
/// So an edit that was cut short leaves lost clusters, tables that differ, an unknown count of free clusters, a copy of the boot sector
/// that is behind, or parts of a long name without an entry: nothing that any reader minds. <see cref="Repair"/> puts them right.
/// Replacing a file of one cluster by another one writes six sectors: its content, the entry in both tables, the directory, and
/// both tables once more for the cluster that is free now.
/// </para>
/// </remarks>
internal sealed class Fat32Editor
{
    private const int SectorSize = Fat32Layout.SectorSize;
    private const int TotalSectorsOffset = 32;

    private readonly EditedMedium _medium;
    private readonly long _start;
    private readonly string _name;
    private readonly RandomAccessTarget _target;
    private FatBootSector _boot = null!;
    private FatVolume _volume = null!;
    private RandomAccessSource _source = null!;
    private ClusterMap _map = null!;
    private InfoSector _info = null!;
    private TableWriter _tables = null!;
    private TableScan _scan = null!;
    private DirectoryWriter _entries = null!;
    private List<(EditedDirectory Directory, List<int> Slots)> _orphans = [];
    private byte[]? _backup;
    private bool _isStale;

    private Fat32Editor(EditedMedium medium, long start, string name)
    {
        _medium = medium;
        _start = start;
        _name = name;
        _target = medium.From(start);
    }

    /// <summary>All files as they were when the volume was opened.</summary>
    public DirectoryNode Tree { get; private set; } = null!;

    /// <summary>Bytes of free clusters that files can have.</summary>
    public long FreeBytes => _map.Usable * (long)_boot.ClusterSize;

    /// <summary>Bytes in a cluster.</summary>
    public int ClusterSize => _boot.ClusterSize;

    /// <summary>Bytes of the volume.</summary>
    public long Length => _boot.Length;

    /// <summary>The most bytes that the volume can grow to with its tables.</summary>
    public long MaxLength
    {
        get
        {
            long clusters = Math.Min(_boot.TableLength / Fat32Table.EntrySize - FatBootSector.FirstCluster, Fat32Layout.MaxClusters);
            long most = _boot.DataOffset + clusters * _boot.ClusterSize;
            long addressable = uint.MaxValue * (long)_boot.SectorSize;
            return most <= addressable ? most : _boot.DataOffset + (addressable - _boot.DataOffset) / _boot.ClusterSize * _boot.ClusterSize;
        }
    }

    /// <summary>The fewest bytes that the volume can shrink to: what is in use, and what FAT32 must have.</summary>
    public long MinLength => Math.Max(UsedLength, _boot.DataOffset + Fat32Layout.MinClusters * (long)_boot.ClusterSize);

    /// <summary>Bytes to the end of the last cluster in use, with the one behind it that is never used.</summary>
    public long UsedLength => _boot.DataOffset + (_map.Count - _map.FreeAtEnd + 1) * (long)_boot.ClusterSize;

    /// <summary>The most bytes that a file can have: a whole number of clusters below 4 GiB.</summary>
    public long MaxFileLength => (1L << 32) - _boot.ClusterSize;

    /// <summary>Bytes by which the volume must grow so that a file fits in one piece; 0 when it fits as it is.</summary>
    /// <param name="length">Bytes of the file.</param>
    public long MissingForOnePiece(long length)
    {
        uint count = (uint)Fat32Layout.ClustersFor(length, _boot.ClusterSize);
        return _map.FindGap(count) is not null ? 0 : (count + 1L - _map.FreeAtEnd) * _boot.ClusterSize;
    }

    /// <summary>Opens a volume and checks all of it; writes nothing.</summary>
    /// <param name="medium">The image.</param>
    /// <param name="start">Where the partition starts in it.</param>
    /// <param name="length">Bytes of the partition.</param>
    /// <param name="name">What errors call the volume.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ImageException"><c>CorruptFat</c>, <c>UnsupportedFat</c> or <see cref="ErrorIds.ImageTruncated"/>.</exception>
    public static Fat32Editor Open(EditedMedium medium, long start, long length, string name, CancellationToken cancellation = default)
    {
        RandomAccessSource partition = medium.Content.Slice(start, length, name);
        _ = partition.Slice(0, FatBootSector.Read(partition).Length, name);
        Fat32Editor editor = new(medium, start, name);
        editor.Load(cancellation);
        return editor;
    }

    /// <summary>Puts right what an edit that was cut short has left; writes nothing when there is nothing.</summary>
    /// <returns>True when there was something.</returns>
    public bool Repair(CancellationToken cancellation = default)
    {
        bool isNeeded = _scan.IsDamaged || _backup is not null || _orphans.Count > 0 || _info.Differs(_map.Free);
        if (!isNeeded)
            return false;
        if (_scan.IsDamaged)
            _scan.Repair(_target, cancellation);
        foreach ((EditedDirectory directory, List<int> slots) in _orphans)
        {
            foreach (int slot in slots)
                directory.Bytes[slot] = FatEntry.Deleted;
            foreach (int sector in slots.Select(slot => slot / SectorSize).Distinct())
                directory.WriteSector(_target, _boot, sector * SectorSize);
        }
        if (_backup is not null)
            _target.Write(_boot.BackupOffset, _backup);
        _medium.Flush();
        _info.Store(_map.Free);
        _medium.Flush();
        _orphans = [];
        _backup = null;
        return true;
    }

    /// <summary>A file as it is now, valid until it is changed; null when there is none of that name.</summary>
    /// <param name="path">Slash-separated, from the root.</param>
    public FileContent? OpenFile(string path) => Find(path).Slot is { Entry: { IsDirectory: false } entry }
        ? new FatFileContent(_source, _boot, ChainOf(entry, path), entry.Length)
        : null;

    /// <summary>True for a directory with nothing in it.</summary>
    /// <param name="path">Slash-separated, from the root.</param>
    public bool IsEmptyDirectory(string path) =>
        Find(path).Slot is { Entry: { IsDirectory: true } entry } && ReadDirectory(entry.FirstCluster, path).List().Count == 0;

    /// <summary>Makes or replaces a file; directories of its path are made.</summary>
    /// <param name="path">Slash-separated, from the root.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="time">Time of the file and of directories made for it.</param>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.NoRoom"/>, <see cref="ErrorIds.DestinationUnwritable"/> for what FAT cannot hold, or an error of the host.
    /// </exception>
    public void WriteFile(string path, ReadOnlyMemory<byte> content, Timestamp time) => WriteFile(path, content.Length, time, target =>
    {
        byte[] sectors = new byte[(content.Length + SectorSize - 1) / SectorSize * SectorSize];
        content.Span.CopyTo(sectors);
        target.Write(0, sectors);
    });

    /// <summary>Makes or replaces a file; directories of its path are made.</summary>
    /// <param name="path">Slash-separated, from the root.</param>
    /// <param name="length">Bytes of the file.</param>
    /// <param name="time">Time of the file and of directories made for it.</param>
    /// <param name="fill">Writes the content. Where it writes nothing the file holds what lay there before.</param>
    /// <exception cref="ImageException">As the other.</exception>
    public void WriteFile(string path, long length, Timestamp time, Action<RandomAccessTarget> fill) => Edit(() =>
    {
        (EditedDirectory directory, string name) = Enter(path, time);
        DirectorySlot? old = directory.Find(name);
        if (old is null)
            CheckNew(directory, name);
        else if (old.Value.Entry.IsDirectory)
            throw Unwritable($"{directory.PathOf(name)} is a directory");
        if (length > MaxFileLength)
            throw NoRoom($"{directory.PathOf(name)} would have {length:N0} bytes; a file on FAT32 can have {MaxFileLength:N0}", "Make it smaller.");

        FatRun[] before = old is null ? [] : ChainOf(old.Value.Entry, directory.PathOf(name));
        FatRun[] runs = Allocate(length, directory.PathOf(name));
        if (runs.Length > 0)
        {
            fill(new ClusterTarget(_target, _boot, runs));
            _tables.Link(runs);
        }
        if (Count(runs) != Count(before))
            _info.Forget();
        _medium.Flush();

        uint cluster = runs.Length > 0 ? runs[0].Cluster : 0;
        if (old is { } slot)
            _entries.Switch(directory, slot, cluster, (uint)length, time);
        else
            _entries.Add(directory, name, FatEntry.Archive, cluster, (uint)length, time);
        Release(before);
    });

    /// <summary>A target that covers the clusters of a file that is being written, all of them zeros.</summary>
    /// <param name="target">What <see cref="WriteFile(string, long, Timestamp, Action{RandomAccessTarget})"/> gives.</param>
    /// <param name="length">Bytes of the file.</param>
    /// <param name="cancellation">Ends the work.</param>
    public void Clear(RandomAccessTarget target, long length, CancellationToken cancellation)
    {
        FatFileContent present = new(_source, _boot, ((ClusterTarget)target).Runs, length);
        SparseCopy.Run(wanted: null, new ContentSource(present, _name), target, length, cancellation);
    }

    /// <summary>Deletes a file, or a directory with all that is in it. What is not there is left so.</summary>
    /// <param name="path">Slash-separated, from the root.</param>
    /// <exception cref="ImageException">An error of the host.</exception>
    public void Delete(string path) => Edit(() =>
    {
        if (Find(path) is not (EditedDirectory directory, DirectorySlot slot))
            return;
        List<FatRun> runs = [];
        Collect(slot.Entry, path, runs);
        if (runs.Count > 0)
        {
            _info.Forget();
            _medium.Flush();
        }
        _entries.Remove(directory, slot);
        Release([.. runs]);
    });

    /// <summary>Makes a directory and those of its path that are missing.</summary>
    /// <param name="path">Slash-separated, from the root.</param>
    /// <param name="time">Their time.</param>
    /// <exception cref="ImageException">As <see cref="WriteFile(string, ReadOnlyMemory{byte}, Timestamp)"/>.</exception>
    public void MakeDirectory(string path, Timestamp time) => Edit(() => Enter(path + "/.", time));

    /// <summary>Makes the volume larger, up to <see cref="MaxLength"/>, or smaller, down to <see cref="MinLength"/>.</summary>
    /// <param name="length">
    /// Bytes that the volume may have. The image and the partition must reach so far already; they may be cut to it afterwards.
    /// </param>
    /// <exception cref="ImageException">An error of the host.</exception>
    public void Resize(long length) => Edit(() =>
    {
        uint clusters = (uint)((Math.Clamp(length, MinLength, MaxLength) - _boot.DataOffset) / _boot.ClusterSize);
        if (clusters == _boot.ClusterCount)
            return;
        if (clusters > _boot.ClusterCount)
            ClearTables(clusters);
        _info.Forget();
        _medium.Flush();

        byte[] sector = new byte[SectorSize];
        _source.ReadExactly(0, sector);
        BinaryPrimitives.WriteUInt16LittleEndian(sector.AsSpan(19), 0);
        uint sectors = (uint)((_boot.DataOffset + clusters * (long)_boot.ClusterSize) / _boot.SectorSize);
        BinaryPrimitives.WriteUInt32LittleEndian(sector.AsSpan(TotalSectorsOffset), sectors);
        _target.Write(0, sector);
        _medium.Flush();

        if (_boot.BackupOffset != 0)
            _target.Write(_boot.BackupOffset, sector);
        _map.Resize(clusters);
        _info.Store(_map.Free);
        _medium.Flush();
        Attach();
    });

    private void Load(CancellationToken cancellation)
    {
        Attach();
        FatTable used = new(_source, _boot);
        Tree = _volume.ReadTree(used, cancellation);
        _scan = new(_source, _boot, used);
        _map = _scan.Run(cancellation);
        _info = new(_source, _target, _boot);
        _orphans = [];
        FatTable table = new(_source, _boot);
        FindOrphans(ReadDirectory(table, _boot.RootCluster, ""), table);
        _backup = null;
        if (_boot.BackupOffset != 0)
        {
            byte[] sector = new byte[SectorSize], copy = new byte[SectorSize];
            _source.ReadExactly(0, sector);
            _source.ReadExactly(_boot.BackupOffset, copy);
            _backup = sector.AsSpan().SequenceEqual(copy) ? null : sector;
        }
        _isStale = false;
    }

    /// <summary>Reads the geometry, which changes when the volume grows.</summary>
    private void Attach()
    {
        RandomAccessSource partition = _medium.Content.Slice(_start, _medium.Content.Length - _start, _name);
        _boot = FatBootSector.Read(partition);
        if (_boot.Type != FatType.Fat32)
            throw ImageException.Unsupported(FatBootSector.Format, _name, $"the volume is {_boot.Type}, and only FAT32 can be changed");
        if (!_boot.IsMirrored)
            throw ImageException.Unsupported(FatBootSector.Format, _name, "the volume keeps only one of its tables up to date");
        _source = partition.Slice(0, _boot.Length, _name);
        _volume = new(_source, _boot);
        _tables = new(_source, _target, _boot);
        _entries = new(_medium, _target, _boot, Extend);
    }

    private void FindOrphans(EditedDirectory directory, FatTable table)
    {
        List<int> orphans = directory.Orphans();
        if (orphans.Count > 0)
            _orphans.Add((directory, orphans));
        foreach (DirectorySlot slot in directory.List())
        {
            if (slot.Entry.IsDirectory)
                FindOrphans(ReadDirectory(table, slot.Entry.FirstCluster, directory.PathOf(slot.Entry.Name!)), table);
        }
    }

    /// <summary>Runs an edit. One that fails leaves doubt about what is on the disk, so the next one looks there first.</summary>
    private void Edit(Action edit)
    {
        if (_isStale)
        {
            Load(default);
            Repair();
        }
        _isStale = true;
        edit();
        _isStale = false;
    }

    private EditedDirectory ReadDirectory(FatTable table, uint cluster, string path)
    {
        (FatRun[] runs, byte[] bytes) = _volume.ReadDirectory(table, cluster, path.Length == 0 ? "the root directory" : path);
        return new(path, runs, bytes);
    }

    private EditedDirectory ReadDirectory(uint cluster, string path) => ReadDirectory(new FatTable(_source, _boot), cluster, path);

    private (EditedDirectory? Directory, DirectorySlot? Slot) Find(string path)
    {
        EditedDirectory? directory = null;
        DirectorySlot? slot = null;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (directory is null)
                directory = ReadDirectory(_boot.RootCluster, "");
            else if (slot is { Entry: { IsDirectory: true } entry })
                directory = ReadDirectory(entry.FirstCluster, directory.PathOf(entry.Name!));
            else
                return default;
            slot = directory.Find(part);
        }
        return (directory, slot);
    }

    /// <summary>The directory of a path, made where it is missing, and the last name.</summary>
    private (EditedDirectory Directory, string Name) Enter(string path, Timestamp time)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        EditedDirectory directory = ReadDirectory(_boot.RootCluster, "");
        foreach (string part in parts.AsSpan(0, parts.Length - 1))
        {
            string child = directory.PathOf(part);
            if (directory.Find(part) is not { } slot)
                directory = ReadDirectory(AddDirectory(directory, part, time), child);
            else if (slot.Entry.IsDirectory)
                directory = ReadDirectory(slot.Entry.FirstCluster, child);
            else
                throw Unwritable($"{child} is a file");
        }
        return (directory, parts[^1]);
    }

    private uint AddDirectory(EditedDirectory parent, string name, Timestamp time)
    {
        CheckNew(parent, name);
        FatRun[] runs = Allocate(_boot.ClusterSize, parent.PathOf(name));
        byte[] bytes = new byte[_boot.ClusterSize];
        uint parentCluster = parent.Path.Length == 0 ? 0 : parent.Cluster;
        Span<byte> rest = bytes;
        FatEntryWriter.WriteDots(ref rest, runs[0].Cluster, time, parentCluster, time);
        _target.Write(_boot.OffsetOf(runs[0].Cluster), bytes);
        _tables.Link(runs);
        _info.Forget();
        _medium.Flush();
        _entries.Add(parent, name, FatEntry.Directory, runs[0].Cluster, 0, time);
        Release([]);
        return runs[0].Cluster;
    }

    private void CheckNew(EditedDirectory directory, string name)
    {
        if (FatName.Refuse(name) is { } reason)
            throw Unwritable($"FAT cannot hold the name \"{directory.PathOf(name)}\": {reason}");
        if (directory.ShortNames().Contains(name.ToUpperInvariant()))
            throw Unwritable($"{directory.PathOf(name)} is the short name of another file");
    }

    private FatRun[] Allocate(long bytes, string what)
    {
        uint count = (uint)Fat32Layout.ClustersFor(bytes, _boot.ClusterSize);
        if (count == 0)
            return [];
        return _map.TryTakeInOnePiece(count) ?? _map.TryTakeInPieces(count) ?? throw NoRoom(
            $"{what} needs {count * (long)_boot.ClusterSize:N0} bytes, but the boot volume has only {FreeBytes:N0} free",
            "Remove files from the boot volume, or what is kept on it.");
    }

    /// <summary>The end of an edit: what nothing leads to any more becomes free.</summary>
    private void Release(FatRun[] runs)
    {
        _tables.Free(runs);
        _map.Release(runs);
        _info.Store(_map.Free);
        _medium.Flush();
    }

    private FatRun[] ChainOf(FatDirectoryEntry entry, string path)
    {
        if (entry.IsDirectory)
            return ReadDirectory(entry.FirstCluster, path).Runs.ToArray();
        return entry.Length == 0
            ? []
            : new FatTable(_source, _boot).Chain(entry.FirstCluster, Fat32Layout.ClustersFor(entry.Length, _boot.ClusterSize), exact: true, path);
    }

    /// <summary>Adds the clusters of a file, or of a directory and all that is in it.</summary>
    private void Collect(FatDirectoryEntry entry, string path, List<FatRun> runs)
    {
        runs.AddRange(ChainOf(entry, path));
        if (!entry.IsDirectory)
            return;
        foreach (DirectorySlot slot in ReadDirectory(entry.FirstCluster, path).List())
            Collect(slot.Entry, $"{path}/{slot.Entry.Name}", runs);
    }

    /// <summary>Gives a directory one more cluster, of zeros.</summary>
    private EditedDirectory Extend(EditedDirectory directory)
    {
        string what = directory.Path.Length == 0 ? "the root directory" : directory.Path;
        if (directory.Bytes.Length + _boot.ClusterSize > Math.Max(FatEntry.MaxCount * FatEntry.Size, _boot.ClusterSize))
            throw NoRoom($"{what} has {FatEntry.MaxCount:N0} entries, as many as FAT allows", "Remove files from that directory.");
        FatRun[] runs = Allocate(_boot.ClusterSize, what);
        _target.Write(_boot.OffsetOf(runs[0].Cluster), new byte[_boot.ClusterSize]);
        _tables.Link(runs);
        _info.Forget();
        _medium.Flush();
        _tables.Append(directory.LastCluster, runs[0].Cluster);
        _medium.Flush();
        return ReadDirectory(directory.Cluster, directory.Path);
    }

    /// <summary>Makes sure that the entries of clusters to come are free in all tables.</summary>
    private void ClearTables(uint clusters)
    {
        long start = (_boot.ClusterCount + (long)FatBootSector.FirstCluster) * Fat32Table.EntrySize;
        long end = (clusters + (long)FatBootSector.FirstCluster) * Fat32Table.EntrySize;
        for (int table = 0; table < _boot.TableCount; table++)
        {
            long offset = _boot.FirstTableOffset + table * _boot.TableLength;
            RandomAccessSource entries = _source.Slice(offset + start, end - start, _name);
            SparseCopy.Run(wanted: null, entries, _target.From(offset + start), end - start, CancellationToken.None);
        }
    }

    private static uint Count(FatRun[] runs) => (uint)runs.Sum(static run => run.Count);

    private ImageException Unwritable(string what) => new(
        ErrorIds.DestinationUnwritable, ImageErrorKind.Destination, $"{_name}: {what}.", "Remove or rename it on the boot volume.");

    private ImageException NoRoom(string what, string action) =>
        new(ErrorIds.NoRoom, ImageErrorKind.Destination, $"{_name}: {what}.", action);
}
