using System.Globalization;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Fat;

/// <summary>
/// A FAT12, FAT16 or FAT32 volume, read only (Microsoft FAT specification 1.03; where it is silent, as Linux reads it).
/// Damage is an error and never worked around, as a boot volume with half its files would look like a whole one.
/// </summary>
public sealed class FatVolume
{
    // A boot volume has some 400 files in two levels; the limits keep forged ones from filling the memory.
    private const int MaxNodes = 100_000;
    private const int MaxPath = 1024;
    private const int MaxFaults = 100;

    private const int Permissions = 0b111_101_101;

    private readonly RandomAccessSource _source;
    private readonly FatBootSector _boot;

    internal FatVolume(RandomAccessSource source, FatBootSector boot)
    {
        _source = source;
        _boot = boot;
    }

    /// <summary>The width of the table's entries.</summary>
    public FatType Type => _boot.Type;

    /// <summary>Bytes in a sector: 512 to 4,096.</summary>
    public int SectorSize => _boot.SectorSize;

    /// <summary>Bytes in a cluster.</summary>
    public int ClusterSize => _boot.ClusterSize;

    /// <summary>Number of clusters.</summary>
    public uint ClusterCount => _boot.ClusterCount;

    /// <summary>Size of the volume in bytes, which may be less than its partition's.</summary>
    public long Length => _boot.Length;

    /// <summary>The 32-bit serial number (<c>XXXX-XXXX</c> in <c>blkid</c>); 0 where the volume has none.</summary>
    public uint VolumeId => _boot.VolumeId;

    /// <summary>A serial number as Linux and Windows show it: <c>ABCD-1234</c>.</summary>
    public static string FormatId(uint volumeId) => string.Create(CultureInfo.InvariantCulture, $"{volumeId >> 16:X4}-{volumeId & 0xFFFF:X4}");

    /// <summary>True when the first sector looks like a FAT volume's, whatever the rest is like.</summary>
    public static bool Probe(RandomAccessSource source)
    {
        Span<byte> sector = stackalloc byte[512];
        return FatBootSector.TryRead(source, sector) && FatBootSector.Refuse(sector) is null;
    }

    /// <summary>Opens a volume.</summary>
    /// <param name="source">The partition; stays the caller's.</param>
    /// <exception cref="ImageException"><c>CorruptFat</c>, <c>UnsupportedFat</c> or <see cref="ErrorIds.ImageTruncated"/>.</exception>
    public static FatVolume Open(RandomAccessSource source)
    {
        FatBootSector boot = FatBootSector.Read(source);
        return new(source.Slice(0, boot.Length, source.Name), boot);
    }

    /// <summary>The label: the one in the root directory, else the boot sector's, else empty.</summary>
    /// <exception cref="ImageException"><c>CorruptFat</c>: the root directory cannot be read.</exception>
    public string ReadLabel()
    {
        FatDirectoryReader reader = new(ReadRoot(new(_source, _boot)), _boot.Type);
        while (reader.Next())
        {
            if (reader.Current.IsLabel)
                return reader.Current.Name!;
        }
        string label = OemText.DecodePadded(_boot.Label);
        return label == "NO NAME" ? "" : label;
    }

    /// <summary>
    /// All directories and files. Content is read when asked for, but every chain is checked now. Names keep their case;
    /// two names in a directory that differ only in case are an error. Permissions are 0755 and the owner is root, as Linux
    /// mounts a boot volume; times count as UTC; labels and attributes are left out.
    /// </summary>
    /// <exception cref="ImageException"><c>CorruptFat</c>, <c>UnsupportedFat</c> or <see cref="ErrorIds.ImageTruncated"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public DirectoryNode ReadTree(CancellationToken cancellation = default) => ReadTree(new FatTable(_source, _boot), cancellation);

    /// <summary>
    /// All directories and files that can be read, and how the volume stands besides. What cannot be read is left out and named in
    /// <paramref name="faults"/>.
    /// </summary>
    /// <exception cref="ImageException">The root directory itself cannot be read.</exception>
    internal DirectoryNode ReadDamaged(ICollection<ImageException> faults, out FatAudit audit, CancellationToken cancellation)
    {
        FatTable table = new(_source, _boot);
        DirectoryNode root = ReadTree(table, cancellation, faults);
        audit = FatAudit.Make(_source, _boot, table, cancellation);
        return root;
    }

    /// <summary>As the other; afterwards <paramref name="table"/> knows all clusters in use.</summary>
    /// <param name="table">The table in use.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <param name="faults">Takes what is wrong with single files; null to end at the first of them.</param>
    internal DirectoryNode ReadTree(FatTable table, CancellationToken cancellation, ICollection<ImageException>? faults = null)
    {
        DirectoryNode root = new() { Permissions = Permissions };
        Queue<(DirectoryNode Node, uint Cluster, string Path)> pending = [];
        int nodes = 0;
        Read(root, ReadRoot(table), "/");
        while (pending.TryDequeue(out var next))
            Try(() => Read(next.Node, ReadDirectory(table, next.Cluster, next.Path).Bytes, next.Path + "/"));
        return root;

        // Too much of anything is no matter of a single file.
        void Try(Action action)
        {
            try
            {
                action();
            }
            catch (ImageException error) when (faults is { Count: < MaxFaults } && error.Kind == ImageErrorKind.Corrupt)
            {
                faults.Add(error);
            }
        }

        void Read(DirectoryNode directory, byte[] bytes, string path)
        {
            cancellation.ThrowIfCancellationRequested();
            HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
            FatDirectoryReader reader = new(bytes, _boot.Type);
            while (reader.Next())
            {
                FatDirectoryEntry entry = reader.Current;
                if (!entry.IsLabel)
                    Try(() => Add(directory, names, entry, path));
            }
        }

        void Add(DirectoryNode directory, HashSet<string> names, FatDirectoryEntry entry, string path)
        {
            if (entry.Name is null)
                throw Corrupt($"an entry in {path} has no valid name");
            string full = path + entry.Name;
            if (++nodes > MaxNodes)
                throw Unsupported($"the volume has more than {MaxNodes:N0} files");
            if (full.Length > MaxPath)
                throw Unsupported($"the path {full[..100]}… has more than {MaxPath:N0} characters");
            if (!names.Add(entry.Name))
                throw Corrupt($"the name {full} is there twice");
            TreeNode node;
            if (entry.IsDirectory)
            {
                DirectoryNode child = new();
                pending.Enqueue((child, entry.FirstCluster, full));
                node = child;
            }
            else
            {
                node = new FileNode(ReadFile(table, entry, full));
            }
            node.Permissions = Permissions;
            node.ModifiedTime = entry.ModifiedTime;
            if (!directory.Children.TryAdd(entry.Name, node))
                throw Corrupt($"the name {full} is there twice");
        }
    }

    private FatFileContent ReadFile(FatTable table, FatDirectoryEntry entry, string path)
    {
        long clusters = (entry.Length + (long)_boot.ClusterSize - 1) / _boot.ClusterSize;
        FatRun[] runs = entry.Length == 0 && entry.FirstCluster == 0 ? [] : table.Chain(entry.FirstCluster, clusters, exact: true, path);
        return new(_source, _boot, runs, entry.Length);
    }

    private byte[] ReadRoot(FatTable table)
    {
        if (_boot.Type == FatType.Fat32)
            return ReadDirectory(table, _boot.RootCluster, "the root directory").Bytes;
        byte[] bytes = new byte[_boot.RootLength];
        _source.ReadExactly(_boot.RootOffset, bytes);
        return bytes;
    }

    /// <summary>Where a directory lies and what it holds.</summary>
    internal (FatRun[] Runs, byte[] Bytes) ReadDirectory(FatTable table, uint cluster, string path)
    {
        long most = Math.Max(FatEntry.MaxCount * FatEntry.Size / _boot.ClusterSize, 1);
        FatRun[] runs = table.Chain(cluster, most, exact: false, path);
        FatRun last = runs[^1];
        byte[] bytes = new byte[(last.Index + last.Count) * _boot.ClusterSize];
        new FatFileContent(_source, _boot, runs, bytes.Length).Read(0, bytes);
        return (runs, bytes);
    }

    private ImageException Corrupt(string what) => ImageException.Corrupt(FatBootSector.Format, _source.Name, what);

    private ImageException Unsupported(string what) => ImageException.Unsupported(FatBootSector.Format, _source.Name, what);
}
