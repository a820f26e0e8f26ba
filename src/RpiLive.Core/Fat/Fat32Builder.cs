using System.Buffers;
using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Fat;

/// <summary>
/// Writes a new FAT32 volume from front to back: every file goes straight to its final place, one after the other and in
/// one piece each; directories, tables and boot sector follow in <see cref="Finish"/> (Microsoft FAT specification 1.03).
/// Space that holds nothing is never written. For one thread.
/// </summary>
/// <remarks>
/// The root directory has the first cluster and room to grow; other directories lie in front of their files. The tables
/// end where the data begins; what they turn out not to need, for the data and for growing, becomes reserved sectors in front of them. The last cluster
/// is never used, as old Raspberry Pi boot loaders cannot read it.
/// </remarks>
public sealed class Fat32Builder
{
    private const int BufferSize = 1 << 20;

    /// <summary>Entries kept free in the root directory for files that are added later.</summary>
    private const int SpareRootEntries = 256;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly RandomAccessTarget _target;
    private readonly Fat32Options _options;
    private readonly Fat32Layout _layout;
    private readonly long _maxFileLength;
    private readonly List<Fat32Directory> _directories = [];
    private readonly Fat32Directory _root;
    private uint _next = FatBootSector.FirstCluster;
    private FileWindow? _window;
    private bool _finished;

    /// <summary>Starts a volume.</summary>
    /// <param name="target">The partition: offset 0 is its first byte. It must read as zeros where nothing was written.</param>
    /// <param name="options">What to make.</param>
    /// <exception cref="ArgumentException">The options break their rules.</exception>
    /// <exception cref="ImageException"><see cref="ErrorIds.TooLarge"/>: FAT32 cannot hold so much data with such clusters.</exception>
    public Fat32Builder(RandomAccessTarget target, Fat32Options options)
    {
        if (!FatName.IsLabel(options.Label))
            throw new ArgumentException($"\"{options.Label}\" cannot be a volume label.", nameof(options));
        if (options.ClusterSize is < Fat32Layout.SectorSize or > 32768 || (options.ClusterSize & options.ClusterSize - 1) != 0)
            throw new ArgumentException($"Clusters cannot have {options.ClusterSize:N0} bytes.", nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxDataBytes, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.GrowthBytes, nameof(options));
        _target = target;
        _options = options;
        _layout = new(options);

        // FAT allows 4 GiB - 1, but fsck.fat 4.2 counts the bytes of a chain in 32 bits: it takes a chain of 4 GiB for an empty
        // one and cuts the file to nothing.
        _maxFileLength = (1L << 32) - options.ClusterSize;
        if (_layout.Capacity < Fat32Layout.ClustersFor(options.MaxDataBytes, options.ClusterSize))
            throw TooLarge($"FAT32 with clusters of {options.ClusterSize:N0} bytes cannot hold {options.MaxDataBytes:N0} bytes");
        _root = new(null, "") { Time = options.Timestamp };
        _directories.Add(_root);
    }

    /// <summary>
    /// Writes all of <paramref name="tree"/>: in each directory the files by their place in the source, then those without
    /// one by name, then the directories by name. Directories that exist are added to.
    /// </summary>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.TooLarge"/>, <see cref="ErrorIds.DestinationUnwritable"/> for what FAT cannot hold (names, links,
    /// devices), errors of the target or of the content.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void AddTree(DirectoryNode tree, CancellationToken cancellation = default)
    {
        Ready();
        Reserve(_root, CountEntries(tree, _root) + SpareRootEntries);
        AddChildren(_root, tree, cancellation);
    }

    /// <summary>Writes one file, making the directories of its path where they are missing.</summary>
    /// <param name="path">Slash-separated, from the root.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="time">Time of the file and of the directories made for it.</param>
    /// <param name="cancellation">Stops the copying.</param>
    /// <exception cref="ImageException">As <see cref="AddTree"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void AddFile(string path, FileContent content, Timestamp time, CancellationToken cancellation = default)
    {
        Ready();
        (Fat32Directory directory, string name) = MakePath(path, time);
        AddFile(directory, name, content, time, cancellation);
    }

    /// <summary>Starts a file of unknown length at the end of the data; nothing else can be added until <see cref="EndFile"/>.</summary>
    /// <param name="path">Slash-separated, from the root; directories are made.</param>
    /// <param name="time">Time of the file and of the directories made for it.</param>
    /// <returns>The file: offset 0 is its first byte. It takes 4 GiB less one cluster at most.</returns>
    /// <exception cref="ImageException">As <see cref="AddTree"/>.</exception>
    public RandomAccessTarget BeginFile(string path, Timestamp time)
    {
        Ready();
        (Fat32Directory directory, string name) = MakePath(path, time);
        CheckNew(directory, name);
        long room = (long)(_layout.Capacity + FatBootSector.FirstCluster - _next) * _options.ClusterSize;
        return _window = new(this, directory, name, time, _layout.Offset(_next), room);
    }

    /// <summary>Ends the file that <see cref="BeginFile"/> started.</summary>
    /// <param name="length">Its size in bytes; nothing may have been written at or past it.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.TooLarge"/>.</exception>
    public void EndFile(long length)
    {
        FileWindow window = _window ?? throw new InvalidOperationException("No file was begun.");
        ArgumentOutOfRangeException.ThrowIfLessThan(length, window.Written);
        window.Check(length);
        _window = null;
        window.Close();
        AddEntry(window.Directory, window.FileName, length, window.Time);
    }

    /// <summary>Where a file lies that was added.</summary>
    /// <param name="path">Slash-separated, from the root; case does not count.</param>
    /// <exception cref="ArgumentException">No such file was added.</exception>
    public FatFileLocation Locate(string path)
    {
        Fat32Directory? directory = _root;
        Fat32Entry? entry = null;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            entry = directory?.Find(part);
            directory = entry?.Directory;
        }
        if (entry is null or { Directory: not null })
            throw new ArgumentException($"There is no file {path}.", nameof(path));
        return new(entry.Length == 0 ? -1 : _layout.Offset(entry.Cluster), entry.Length);
    }

    /// <summary>Writes directories, both tables and the boot sectors.</summary>
    /// <param name="freeBytes">Free space that the volume is to have at least.</param>
    /// <returns>The size of the volume in bytes; the caller must make the target that long.</returns>
    /// <exception cref="ImageException"><see cref="ErrorIds.TooLarge"/> or an error of the target.</exception>
    public long Finish(long freeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(freeBytes);
        Ready();
        Reserve(_root, SpareRootEntries);
        foreach (Fat32Directory directory in _directories)
        {
            int missing = directory.EntryCount - (int)(directory.Runs.Sum(run => (long)run.Count) * _options.ClusterSize / FatEntry.Size);
            if (missing > 0)
                directory.Runs.Add(Allocate((long)missing * FatEntry.Size));
        }
        foreach (Fat32Directory directory in _directories)
            WriteDirectory(directory);
        _finished = true;

        uint used = _next - FatBootSector.FirstCluster;
        long clusters = Math.Max(used + Fat32Layout.ClustersFor(freeBytes, _options.ClusterSize) + 1, Fat32Layout.MinClusters);
        if (clusters > _layout.Capacity)
            throw Full(freeBytes);
        _layout.Write(_target, (uint)clusters, used, Links());
        return _layout.Length((uint)clusters);
    }

    private void AddChildren(Fat32Directory directory, DirectoryNode tree, CancellationToken cancellation)
    {
        List<(string Name, FileNode Node)> files = [];
        List<(string Name, DirectoryNode Node)> directories = [];
        foreach ((FileName fileName, TreeNode node) in tree.Children)
        {
            string name = Text(directory, fileName);
            if (node is FileNode file)
                files.Add((name, file));
            else if (node is DirectoryNode child)
                directories.Add((name, child));
            else
                throw Unwritable($"{directory.PathOf(name)} is neither a file nor a directory, and FAT can hold nothing else");
        }
        foreach ((string name, FileNode file) in files.OrderBy(entry => (ulong)entry.Node.Content.DiskOffset))
            AddFile(directory, name, file.Content, file.ModifiedTime, cancellation);
        foreach ((string name, DirectoryNode child) in directories)
        {
            Fat32Directory made = MakeDirectory(directory, name, child.ModifiedTime, () => CountEntries(child, null));
            AddChildren(made, child, cancellation);
        }
    }

    private void AddFile(Fat32Directory directory, string name, FileContent content, Timestamp time, CancellationToken cancellation)
    {
        CheckNew(directory, name);
        long length = content.Length;
        CheckLength(directory, name, length);
        long offset = _layout.Offset(_next);
        AddEntry(directory, name, length, time);
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferSize, length));
        try
        {
            for (long done = 0; done < length;)
            {
                cancellation.ThrowIfCancellationRequested();
                Span<byte> part = buffer.AsSpan(0, (int)Math.Min(BufferSize, length - done));
                if (!content.IsHole(done, part.Length))
                {
                    content.Read(done, part);
                    _target.Write(offset + done, part);
                }
                done += part.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void AddEntry(Fat32Directory directory, string name, long length, Timestamp time)
    {
        uint cluster = length == 0 ? 0 : Allocate(length).Cluster;
        directory.Add(new(name, null, cluster, (uint)length, time));
    }

    private void CheckNew(Fat32Directory directory, string name)
    {
        if (FatName.Refuse(name) is { } reason)
            throw Unwritable($"FAT cannot hold the name \"{directory.PathOf(name)}\": {reason}");
        if (directory.Find(name) is { } other)
        {
            throw Unwritable(other.Name == name
                ? $"{directory.PathOf(name)} is there already"
                : $"{directory.PathOf(name)} and {directory.PathOf(other.Name)} differ only in case");
        }
        if (directory.EntryCount + FatName.EntryCount(name) > FatEntry.MaxCount)
            throw TooLarge($"the directory /{directory.Path} takes more than {FatEntry.MaxCount:N0} entries");
    }

    private void CheckLength(Fat32Directory directory, string name, long length)
    {
        if (length > _maxFileLength)
            throw TooLarge($"{directory.PathOf(name)} needs {length:N0} bytes; a file on FAT32 can have {_maxFileLength:N0}");
    }

    private (Fat32Directory Directory, string Name) MakePath(string path, Timestamp time)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
            throw new ArgumentException("The path names no file.", nameof(path));
        Reserve(_root, SpareRootEntries);
        Fat32Directory directory = _root;
        foreach (string part in parts.AsSpan(0, parts.Length - 1))
            directory = MakeDirectory(directory, part, time, static () => 0);
        return (directory, parts[^1]);
    }

    private Fat32Directory MakeDirectory(Fat32Directory parent, string name, Timestamp time, Func<int> entries)
    {
        if (parent.Find(name)?.Directory is { } existing)
            return existing;
        CheckNew(parent, name);
        Fat32Directory directory = new(parent, parent.PathOf(name)) { Time = time };
        Reserve(directory, directory.EntryCount + entries());
        parent.Add(new(name, directory, 0, 0, time));
        _directories.Add(directory);
        return directory;
    }

    /// <summary>Gives a directory its first clusters, if it has none.</summary>
    private void Reserve(Fat32Directory directory, int entries)
    {
        if (directory.Runs.Count == 0)
            directory.Runs.Add(Allocate((long)Math.Min(entries, FatEntry.MaxCount) * FatEntry.Size));
    }

    /// <summary>Entries that the names of <paramref name="tree"/> take.</summary>
    private static int CountEntries(DirectoryNode tree, Fat32Directory? target)
    {
        long count = target?.EntryCount ?? 0;
        foreach (FileName name in tree.Children.Keys)
            count += FatName.EntryCount(name.ToString());
        return (int)Math.Min(count, FatEntry.MaxCount);
    }

    private (uint Cluster, uint Count) Allocate(long bytes)
    {
        long count = Fat32Layout.ClustersFor(bytes, _options.ClusterSize);
        if (count > _layout.Capacity + FatBootSector.FirstCluster - _next)
            throw Full(bytes);
        (uint Cluster, uint Count) run = (_next, (uint)count);
        _next += run.Count;
        return run;
    }

    private void WriteDirectory(Fat32Directory directory)
    {
        ReadOnlySpan<byte> bytes = directory.ToBytes(_options.Label);
        foreach ((uint cluster, uint count) in directory.Runs)
        {
            ReadOnlySpan<byte> part = bytes[..(int)Math.Min(bytes.Length, (long)count * _options.ClusterSize)];
            _target.Write(_layout.Offset(cluster), part);
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>Last clusters of runs and what follows them in the chain: 0 for its end. In the order of clusters.</summary>
    private List<(uint Last, uint Next)> Links()
    {
        List<(uint Last, uint Next)> links = [];
        foreach (Fat32Directory directory in _directories)
        {
            for (int i = 0; i < directory.Runs.Count; i++)
            {
                (uint cluster, uint count) = directory.Runs[i];
                links.Add((cluster + count - 1, i + 1 < directory.Runs.Count ? directory.Runs[i + 1].Cluster : 0));
            }
            foreach (Fat32Entry entry in directory.Entries)
            {
                if (entry.Length != 0)
                    links.Add(((uint)(entry.Cluster + Fat32Layout.ClustersFor(entry.Length, _options.ClusterSize) - 1), 0));
            }
        }
        links.Sort();
        return links;
    }

    private string Text(Fat32Directory directory, FileName name)
    {
        try
        {
            return s_utf8.GetString(name.Bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw Unwritable($"FAT cannot hold the name \"{directory.PathOf(name.ToString())}\": it is no UTF-8", e);
        }
    }

    private void Ready()
    {
        if (_finished)
            throw new InvalidOperationException("The volume is finished.");
        if (_window is not null)
            throw new InvalidOperationException($"{_window.FileName} was begun but not ended.");
    }

    private ImageException Full(long bytes) => TooLarge(
        $"{bytes:N0} bytes more do not fit: the volume was laid out for {_options.MaxDataBytes:N0} bytes of data");

    private ImageException TooLarge(string what) => new(
        ErrorIds.TooLarge, ImageErrorKind.Destination, $"{_target.Name}: {what}.", "Put less into the image, or compress it harder.");

    private ImageException Unwritable(string what, Exception? inner = null) => new(
        ErrorIds.DestinationUnwritable, ImageErrorKind.Destination, $"{_target.Name}: {what}.",
        "Rename or remove it in the source.", inner);

    /// <summary>The file being written.</summary>
    private sealed class FileWindow(
        Fat32Builder builder, Fat32Directory directory, string name, Timestamp time, long start, long room) : RandomAccessTarget
    {
        private bool _closed;

        public Fat32Directory Directory => directory;

        public string FileName => name;

        public Timestamp Time => time;

        /// <summary>End of the last byte written.</summary>
        public long Written { get; private set; }

        public override string Name => builder._target.Name;

        public override void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (_closed)
                throw new InvalidOperationException($"{name} is ended.");
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            long end = offset + bytes.Length;
            Check(end);
            builder._target.Write(start + offset, bytes);
            Written = Math.Max(Written, end);
        }

        public void Close() => _closed = true;

        public void Check(long length)
        {
            builder.CheckLength(directory, name, length);
            if (length > room)
                throw builder.Full(length);
        }
    }
}
