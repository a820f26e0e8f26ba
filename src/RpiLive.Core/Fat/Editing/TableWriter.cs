using System.Buffers.Binary;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Fat.Editing;

/// <summary>
/// Changes entries of all tables of a FAT32 volume, by sectors of 512 bytes. The table in use comes last, so that the other ones are
/// never behind it by more than the sectors of one call.
/// </summary>
/// <param name="volume">The volume, for reading.</param>
/// <param name="target">The volume, for writing.</param>
/// <param name="boot">Its geometry.</param>
internal sealed class TableWriter(RandomAccessSource volume, RandomAccessTarget target, FatBootSector boot)
{
    /// <summary>Most bytes of a table that are written at once.</summary>
    private const int WindowSize = 1 << 20;

    /// <summary>Changes that lie closer than this are written at once.</summary>
    private const int Gap = 4096;

    /// <summary>Makes the runs one chain.</summary>
    public void Link(IReadOnlyList<FatRun> runs) => Change(runs, (i, cluster) =>
        cluster + 1 < runs[i].Cluster + runs[i].Count ? cluster + 1 : i + 1 < runs.Count ? runs[i + 1].Cluster : Fat32Table.EndOfChain);

    /// <summary>Lets a chain go on from its last cluster.</summary>
    public void Append(uint last, uint next) => Change([new(0, last, 1)], (_, _) => next);

    /// <summary>Makes the clusters free.</summary>
    public void Free(IReadOnlyList<FatRun> runs) => Change(runs, static (_, _) => 0);

    /// <summary>Writes bytes, whole sectors, at an offset into every table.</summary>
    public void WriteAll(long offset, ReadOnlySpan<byte> sectors)
    {
        if (sectors.IsEmpty)
            return;
        for (int i = boot.TableCount - 1; i >= 0; i--)
        {
            long table = boot.FirstTableOffset + i * boot.TableLength;
            if (table != boot.TableOffset)
                target.Write(table + offset, sectors);
        }
        target.Write(boot.TableOffset + offset, sectors);
    }

    private void Change(IReadOnlyList<FatRun> runs, Func<int, uint, uint> valueOf)
    {
        int[] order = [.. Enumerable.Range(0, runs.Count).OrderBy(i => runs[i].Cluster)];
        byte[] window = [];
        long start = 0;
        int length = 0;
        foreach (int i in order)
        {
            for (uint done = 0; done < runs[i].Count;)
            {
                uint cluster = runs[i].Cluster + done;
                long at = cluster * (long)Fat32Table.EntrySize;
                if (length == 0 || at > start + length + Gap || at - start >= WindowSize)
                {
                    WriteAll(start, window.AsSpan(0, length));
                    start = at / Fat32Layout.SectorSize * Fat32Layout.SectorSize;
                    length = 0;
                }
                uint count = (uint)Math.Min(runs[i].Count - done, (start + WindowSize - at) / Fat32Table.EntrySize);
                Extend(ref window, start, ref length, (int)(at - start) + (int)count * Fat32Table.EntrySize);
                Span<byte> entries = window.AsSpan((int)(at - start));
                for (uint k = 0; k < count; k++, entries = entries[Fat32Table.EntrySize..])
                {
                    uint old = BinaryPrimitives.ReadUInt32LittleEndian(entries);
                    BinaryPrimitives.WriteUInt32LittleEndian(entries, old & ~Fat32Table.EntryMask | valueOf(i, cluster + k));
                }
                done += count;
            }
        }
        WriteAll(start, window.AsSpan(0, length));
    }

    /// <summary>Reads more sectors of the table in use, so that the window has <paramref name="needed"/> bytes.</summary>
    private void Extend(ref byte[] window, long start, ref int length, int needed)
    {
        int end = (needed + Fat32Layout.SectorSize - 1) / Fat32Layout.SectorSize * Fat32Layout.SectorSize;
        if (end <= length)
            return;
        if (window.Length < end)
            Array.Resize(ref window, Math.Min(Math.Max(end, 2 * window.Length), WindowSize));
        volume.ReadExactly(boot.TableOffset + start + length, window.AsSpan(length, end - length));
        length = end;
    }
}
