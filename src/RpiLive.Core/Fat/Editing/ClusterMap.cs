using System.Numerics;

namespace RpiLive.Core.Fat.Editing;

/// <summary>Which clusters are free. The last cluster of the volume is never given out: old boot loaders cannot read it.</summary>
internal sealed class ClusterMap
{
    private ulong[] _taken;

    /// <summary>Starts with everything free.</summary>
    /// <param name="count">Clusters of the volume.</param>
    public ClusterMap(uint count)
    {
        Count = Free = count;
        _taken = new ulong[Words(count)];
        _taken[0] = 0b11;
    }

    /// <summary>Clusters of the volume.</summary>
    public uint Count { get; private set; }

    /// <summary>Free clusters, with the last one where it is free.</summary>
    public uint Free { get; private set; }

    /// <summary>Free clusters that can be given out.</summary>
    public uint Usable => Free - (IsTaken(Last) ? 0u : 1u);

    private uint Last => Count + FatBootSector.FirstCluster - 1;

    /// <summary>Marks a cluster that is in use.</summary>
    public void Take(uint cluster)
    {
        if (IsTaken(cluster))
            return;
        _taken[cluster / 64] |= 1UL << (int)(cluster % 64);
        Free--;
    }

    /// <summary>Gives clusters back.</summary>
    public void Release(IEnumerable<FatRun> runs)
    {
        foreach (FatRun run in runs)
        {
            for (uint i = 0; i < run.Count; i++)
            {
                uint cluster = run.Cluster + i;
                if (!IsTaken(cluster))
                    continue;
                _taken[cluster / 64] &= ~(1UL << (int)(cluster % 64));
                Free++;
            }
        }
    }

    /// <summary>Free clusters behind the last one in use.</summary>
    public uint FreeAtEnd
    {
        get
        {
            uint cluster = Last;
            while (cluster >= FatBootSector.FirstCluster && !IsTaken(cluster))
                cluster--;
            return Last - cluster;
        }
    }

    /// <summary>The volume has become larger or smaller; what goes is free.</summary>
    public void Resize(uint count)
    {
        Array.Resize(ref _taken, Words(count));
        Free = Free + count - Count;
        Count = count;
    }

    /// <summary>The first gap that holds so many clusters in one piece; null when there is none.</summary>
    public uint? FindGap(uint count)
    {
        for (uint start = NextFree(FatBootSector.FirstCluster); start < Last;)
        {
            uint end = NextTaken(start, count);
            if (end - start >= count)
                return start;
            start = NextFree(end);
        }
        return null;
    }

    /// <summary>Takes the first gap that holds so many clusters in one piece; null when there is none.</summary>
    public FatRun[]? TryTakeInOnePiece(uint count) => FindGap(count) is { } start ? Take([new(0, start, count)]) : null;

    /// <summary>Takes the first free clusters, in as many pieces as it needs; null when there are too few.</summary>
    public FatRun[]? TryTakeInPieces(uint count)
    {
        List<FatRun> runs = [];
        uint index = 0;
        for (uint start = NextFree(FatBootSector.FirstCluster); start < Last && index < count;)
        {
            uint end = NextTaken(start, count - index);
            runs.Add(new(index, start, end - start));
            index += end - start;
            start = NextFree(end);
        }
        return index < count ? null : Take([.. runs]);
    }

    private static int Words(uint count) => (int)(((long)count + FatBootSector.FirstCluster + 63) / 64);

    private FatRun[] Take(FatRun[] runs)
    {
        foreach (FatRun run in runs)
        {
            for (uint i = 0; i < run.Count; i++)
                Take(run.Cluster + i);
        }
        return runs;
    }

    private bool IsTaken(uint cluster) => (_taken[cluster / 64] & 1UL << (int)(cluster % 64)) != 0;

    /// <summary>The first free cluster from <paramref name="cluster"/> on; the last of the volume or more when there is none.</summary>
    private uint NextFree(uint cluster)
    {
        while (cluster < Last)
        {
            ulong free = ~_taken[cluster / 64] >> (int)(cluster % 64);
            if (free != 0)
                return cluster + (uint)BitOperations.TrailingZeroCount(free);
            cluster = (cluster / 64 + 1) * 64;
        }
        return cluster;
    }

    /// <summary>The first taken cluster from <paramref name="cluster"/> on, or where so many, or those of the volume, end.</summary>
    private uint NextTaken(uint cluster, uint count)
    {
        uint end = (uint)Math.Min((long)cluster + count, Last);
        while (cluster < end && !IsTaken(cluster))
            cluster++;
        return cluster;
    }
}
