using System.Text;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Fat.Editing;

/// <summary>A directory of a volume that is being changed: its bytes and where they lie.</summary>
/// <param name="path">Slash-separated path; empty for the root.</param>
/// <param name="runs">Its clusters.</param>
/// <param name="bytes">Its bytes, whole clusters.</param>
internal sealed class EditedDirectory(string path, FatRun[] runs, byte[] bytes)
{
    /// <summary>Slash-separated path; empty for the root.</summary>
    public string Path => path;

    /// <summary>Its clusters.</summary>
    public IReadOnlyList<FatRun> Runs => runs;

    /// <summary>Its bytes, to be changed in place and then written with <see cref="WriteSector"/>.</summary>
    public Span<byte> Bytes => bytes;

    /// <summary>First cluster.</summary>
    public uint Cluster => runs[0].Cluster;

    /// <summary>The last cluster of its chain.</summary>
    public uint LastCluster => runs[^1].Cluster + runs[^1].Count - 1;

    /// <summary>The path of a name in it.</summary>
    public string PathOf(string name) => path.Length == 0 ? name : path + "/" + name;

    /// <summary>The file or directory of that name; case does not count.</summary>
    public DirectorySlot? Find(string name)
    {
        FatDirectoryReader reader = new(bytes, FatType.Fat32);
        while (reader.Next())
        {
            if (!reader.Current.IsLabel && string.Equals(reader.Current.Name, name, StringComparison.OrdinalIgnoreCase))
                return new(reader.Current, reader.Start, reader.ShortStart);
        }
        return null;
    }

    /// <summary>All files and directories in it.</summary>
    public List<DirectorySlot> List()
    {
        List<DirectorySlot> slots = [];
        FatDirectoryReader reader = new(bytes, FatType.Fat32);
        while (reader.Next())
        {
            if (!reader.Current.IsLabel)
                slots.Add(new(reader.Current, reader.Start, reader.ShortStart));
        }
        return slots;
    }

    /// <summary>The short names in it, as 8.3 text without padding.</summary>
    public HashSet<string> ShortNames()
    {
        HashSet<string> names = [];
        foreach (DirectorySlot slot in List())
        {
            string field = Encoding.Latin1.GetString(bytes.AsSpan(slot.ShortStart, FatEntry.NameLength));
            string main = field[..FatEntry.BaseLength].TrimEnd(' '), extension = field[FatEntry.BaseLength..].TrimEnd(' ');
            names.Add(extension.Length == 0 ? main : $"{main}.{extension}");
        }
        return names;
    }

    /// <summary>Offset of the entry that ends the directory, or its length when it is full.</summary>
    public int End()
    {
        int at = 0;
        while (at < bytes.Length && bytes[at] != 0)
            at += FatEntry.Size;
        return at;
    }

    /// <summary>Offsets of parts of long names without a short entry behind them that they belong to.</summary>
    public List<int> Orphans()
    {
        List<int> orphans = [];
        int end = End(), start = 0;
        for (int at = 0; at < end; at += FatEntry.Size)
        {
            if (IsLongPart(at))
                continue;
            bool isTheirs = at > start && bytes[at] != FatEntry.Deleted
                && bytes[at - FatEntry.Size + 13] == FatEntry.Checksum(bytes.AsSpan(at, FatEntry.Size));
            for (; start < at; start += FatEntry.Size)
            {
                if (!isTheirs)
                    orphans.Add(start);
            }
            start += FatEntry.Size;
        }
        for (; start < end; start += FatEntry.Size)
            orphans.Add(start);
        return orphans;
    }

    /// <summary>Writes the sector of 512 bytes that holds a byte of the directory.</summary>
    public void WriteSector(RandomAccessTarget target, FatBootSector boot, int offset)
    {
        int start = offset / Fat32Layout.SectorSize * Fat32Layout.SectorSize;
        uint index = (uint)(start / boot.ClusterSize);
        FatRun run = runs.Last(run => run.Index <= index);
        long at = boot.OffsetOf(run.Cluster + index - run.Index) + start % boot.ClusterSize;
        target.Write(at, bytes.AsSpan(start, Fat32Layout.SectorSize));
    }

    private bool IsLongPart(int at) =>
        bytes[at] != FatEntry.Deleted && (bytes[at + 11] & FatEntry.AttributeMask) == FatEntry.LongName;
}
