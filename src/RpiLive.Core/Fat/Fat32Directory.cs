using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Fat;

/// <summary>A directory of a volume being written.</summary>
/// <param name="parent">Null for the root.</param>
/// <param name="path">Slash-separated path for messages; empty for the root.</param>
internal sealed class Fat32Directory(Fat32Directory? parent, string path)
{
    private readonly List<Fat32Entry> _entries = [];
    private readonly Dictionary<string, Fat32Entry> _byName = new(StringComparer.OrdinalIgnoreCase);

    public Fat32Directory? Parent => parent;

    public string Path => path;

    public Timestamp Time { get; init; }

    public IReadOnlyList<Fat32Entry> Entries => _entries;

    /// <summary>Where its own entries lie; the first run is set when the directory is made.</summary>
    public List<(uint Cluster, uint Count)> Runs { get; } = [];

    /// <summary>Entries that it takes: the label or <c>.</c> and <c>..</c>, and those of its names.</summary>
    public int EntryCount { get; private set; } = parent is null ? 1 : 2;

    public string PathOf(string name) => path.Length == 0 ? name : path + "/" + name;

    public Fat32Entry? Find(string name) => _byName.GetValueOrDefault(name);

    public void Add(Fat32Entry entry)
    {
        _byName.Add(entry.Name, entry);
        _entries.Add(entry);
        EntryCount += FatName.EntryCount(entry.Name);
    }

    /// <summary>The bytes of the directory, without padding to clusters.</summary>
    /// <param name="label">The volume's label, for the root.</param>
    public byte[] ToBytes(string label)
    {
        byte[] bytes = new byte[EntryCount * FatEntry.Size];
        Span<byte> rest = bytes;
        if (parent is null)
        {
            Span<byte> name = rest[..FatEntry.NameLength];
            name.Fill((byte)' ');
            Encoding.ASCII.GetBytes(label, name);
            FatEntryWriter.WriteShort(ref rest, FatEntry.VolumeLabel, 0, 0, Time);
        }
        else
        {
            FatEntryWriter.WriteDots(ref rest, Runs[0].Cluster, Time, parent.Parent is null ? 0 : parent.Runs[0].Cluster, parent.Time);
        }
        string[] aliases = FatName.Aliases([.. _entries.Select(entry => entry.Name)]);
        Span<byte> shortName = stackalloc byte[FatEntry.NameLength];
        for (int i = 0; i < aliases.Length; i++)
        {
            Fat32Entry entry = _entries[i];
            FatName.WriteShort(aliases[i], shortName);
            if (!FatName.IsShort(entry.Name))
                FatEntryWriter.WriteLong(ref rest, entry.Name, FatEntry.Checksum(shortName));
            shortName.CopyTo(rest);
            uint cluster = entry.Directory is { } directory ? directory.Runs[0].Cluster : entry.Cluster;
            FatEntryWriter.WriteShort(ref rest, entry.Directory is null ? FatEntry.Archive : FatEntry.Directory, cluster, entry.Length, entry.Time);
        }
        return bytes;
    }
}
