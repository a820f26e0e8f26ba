using System.Buffers.Binary;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Fat.Editing;

/// <summary>
/// Goes through all tables of a FAT32 volume once: finds what is free, and what an edit that was cut short left behind, that is
/// clusters that no file holds and tables that differ from the one in use.
/// </summary>
/// <param name="volume">The volume, for reading.</param>
/// <param name="boot">Its geometry.</param>
/// <param name="used">Knows the clusters of all files and directories.</param>
internal sealed class TableScan(RandomAccessSource volume, FatBootSector boot, FatTable used)
{
    private const int ChunkSize = 1 << 20;

    /// <summary>True when the tables are not as they should be.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Reads the tables.</summary>
    /// <returns>Which clusters are free once the tables are repaired.</returns>
    public ClusterMap Run(CancellationToken cancellation)
    {
        ClusterMap map = new(boot.ClusterCount);
        IsDamaged = false;
        Pass((cluster, taken) =>
        {
            if (taken && cluster >= FatBootSector.FirstCluster)
                map.Take(cluster);
        }, (_, _) => IsDamaged = true, cancellation);
        return map;
    }

    /// <summary>Frees lost clusters and makes all tables the same; writes the sectors that change, and no others.</summary>
    public void Repair(RandomAccessTarget target, CancellationToken cancellation)
    {
        Pass((_, _) => { }, (offset, sector) => target.Write(offset, sector), cancellation);
        IsDamaged = false;
    }

    private delegate void Visit(uint cluster, bool taken);

    private delegate void Differ(long offset, ReadOnlySpan<byte> sector);

    private void Pass(Visit visit, Differ differ, CancellationToken cancellation)
    {
        // Entries of clusters that the volume does not have are nobody's business, so the last sector may be a part of one.
        long length = (boot.ClusterCount + (long)FatBootSector.FirstCluster) * Fat32Table.EntrySize;
        byte[] right = new byte[Math.Min(ChunkSize, length)], found = new byte[right.Length];
        for (long start = 0; start < length; start += ChunkSize)
        {
            cancellation.ThrowIfCancellationRequested();
            int size = (int)Math.Min(ChunkSize, length - start);
            Span<byte> chunk = right.AsSpan(0, size);
            volume.ReadExactly(boot.TableOffset + start, chunk);
            uint first = (uint)(start / Fat32Table.EntrySize);
            for (int i = 0; i < size; i += Fat32Table.EntrySize)
            {
                Span<byte> entry = chunk[i..];
                uint raw = BinaryPrimitives.ReadUInt32LittleEndian(entry), value = raw & Fat32Table.EntryMask, cluster = first + (uint)(i / Fat32Table.EntrySize);
                if (value is not (0 or Fat32Table.Bad) && cluster >= FatBootSector.FirstCluster && !used.IsUsed(cluster))
                {
                    value = 0;
                    BinaryPrimitives.WriteUInt32LittleEndian(entry, raw & ~Fat32Table.EntryMask);
                }
                visit(cluster, value != 0);
            }
            for (int table = 0; table < boot.TableCount; table++)
            {
                long at = boot.FirstTableOffset + table * boot.TableLength + start;
                Span<byte> other = found.AsSpan(0, size);
                volume.ReadExactly(at, other);
                if (!other.SequenceEqual(chunk))
                    Compare(at, chunk, other, differ);
            }
        }
    }

    private static void Compare(long offset, ReadOnlySpan<byte> right, ReadOnlySpan<byte> found, Differ differ)
    {
        for (int i = 0; i < right.Length; i += Fat32Layout.SectorSize)
        {
            int size = Math.Min(Fat32Layout.SectorSize, right.Length - i);
            if (!right.Slice(i, size).SequenceEqual(found.Slice(i, size)))
                differ(offset + i, right.Slice(i, size));
        }
    }
}
