using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Fat;

/// <summary>
/// Follows cluster chains. Remembers every cluster handed out, so that a cluster used twice (a cycle or two chains that
/// meet) is found. For one thread.
/// </summary>
internal sealed class FatTable(RandomAccessSource source, FatBootSector boot)
{
    private const int PageSize = 64 << 10;
    private const int MaxPages = 256;

    /// <summary>A volume in use has a few thousand runs; the limit only keeps forged ones from filling the memory.</summary>
    private const int MaxRuns = 1 << 22;

    private readonly ulong[] _used = new ulong[(boot.ClusterCount + FatBootSector.FirstCluster + 63) / 64];
    private readonly Dictionary<long, byte[]> _pages = [];
    private readonly long _length = (((long)boot.ClusterCount + FatBootSector.FirstCluster) * Bits(boot.Type) + 7) / 8;
    private int _runs;

    private enum Link
    {
        Next,
        End,
        Free,
        Bad,
    }

    /// <summary>The runs of the chain that starts at <paramref name="first"/>.</summary>
    /// <param name="first">First cluster.</param>
    /// <param name="clusters">How many clusters the chain must have, or for a directory the most that it may have.</param>
    /// <param name="exact">True when the chain must have exactly <paramref name="clusters"/>.</param>
    /// <param name="what">What errors call the owner of the chain.</param>
    public FatRun[] Chain(uint first, long clusters, bool exact, string what)
    {
        List<FatRun> runs = [];
        uint index = 0, runStart = first, runCount = 0;
        uint cluster = first;
        while (true)
        {
            Use(cluster, what);
            if (index == clusters)
            {
                throw Corrupt(exact
                    ? $"{what} has the size of {clusters:N0} clusters but a longer chain"
                    : $"{what} is a directory of more than {FatEntry.MaxCount:N0} entries");
            }
            index++;
            runCount++;
            (Link link, uint next) = Read(cluster);
            if (link is Link.Free or Link.Bad)
                throw Corrupt($"the chain of {what} runs from cluster {cluster:N0} into a {(link == Link.Free ? "free" : "bad")} one");
            if (link == Link.Next && next == cluster + 1)
            {
                cluster = next;
                continue;
            }
            if (++_runs > MaxRuns)
                throw ImageException.Unsupported(FatBootSector.Format, source.Name, $"the volume is in more than {MaxRuns:N0} fragments");
            runs.Add(new(index - runCount, runStart, runCount));
            if (link == Link.End)
                break;
            cluster = runStart = next;
            runCount = 0;
        }
        if (exact && index < clusters)
            throw Corrupt($"{what} has the size of {clusters:N0} clusters but a chain of {index:N0}");
        return [.. runs];
    }

    /// <summary>True when a chain followed so far holds the cluster.</summary>
    public bool IsUsed(uint cluster) => (_used[cluster / 64] & 1UL << (int)(cluster % 64)) != 0;

    private static int Bits(FatType type) => type switch { FatType.Fat12 => 12, FatType.Fat16 => 16, _ => 32 };

    private void Use(uint cluster, string what)
    {
        if (cluster < FatBootSector.FirstCluster || cluster - FatBootSector.FirstCluster >= boot.ClusterCount)
            throw Corrupt($"the chain of {what} leads to cluster {cluster:N0}; the volume has clusters 2 to {boot.ClusterCount + 1:N0}");
        ulong bit = 1UL << (int)(cluster % 64);
        if ((_used[cluster / 64] & bit) != 0)
            throw Corrupt($"cluster {cluster:N0} of {what} is used twice");
        _used[cluster / 64] |= bit;
    }

    private (Link Link, uint Next) Read(uint cluster)
    {
        uint value, bad;
        switch (boot.Type)
        {
            case FatType.Fat12:
                // An entry can lie across two pages only in a table of more than one, and FAT12's has 6 KiB at most.
                uint pair = BinaryPrimitives.ReadUInt16LittleEndian(Entry(cluster + cluster / 2));
                value = cluster % 2 == 0 ? pair & 0xFFF : pair >> 4;
                bad = 0xFF7;
                break;
            case FatType.Fat16:
                value = BinaryPrimitives.ReadUInt16LittleEndian(Entry(cluster * 2L));
                bad = 0xFFF7;
                break;
            default:
                value = BinaryPrimitives.ReadUInt32LittleEndian(Entry(cluster * 4L)) & Fat32Table.EntryMask;
                bad = Fat32Table.Bad;
                break;
        }
        if (value == 0)
            return (Link.Free, 0);
        if (value == bad)
            return (Link.Bad, 0);
        return value > bad ? (Link.End, 0) : (Link.Next, value);
    }

    private ReadOnlySpan<byte> Entry(long offset)
    {
        long number = offset / PageSize;
        if (!_pages.TryGetValue(number, out byte[]? page))
        {
            if (_pages.Count == MaxPages)
                _pages.Clear();
            page = new byte[Math.Min(PageSize, _length - number * PageSize)];
            source.ReadExactly(boot.TableOffset + number * PageSize, page);
            _pages.Add(number, page);
        }
        return page.AsSpan((int)(offset % PageSize));
    }

    private ImageException Corrupt(string what) => ImageException.Corrupt(FatBootSector.Format, source.Name, what);
}
