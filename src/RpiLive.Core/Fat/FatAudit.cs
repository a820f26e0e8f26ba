using System.Buffers.Binary;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Fat;

/// <summary>How a volume stands besides its files.</summary>
internal sealed record FatAudit
{
    private const int ChunkSize = 1 << 20;
    private const int SectorLength = 512;
    private const int HiddenSectorsOffset = 28;

    /// <summary>Where Linux says, by bit 0, that it has the volume mounted (fs/fat/fatent.c, fat_set_state).</summary>
    private const int StateOffset16 = 37, StateOffset32 = 65;

    /// <summary>Bit of entry 1 of the table that is set on a volume that was unmounted cleanly (ClnShutBitMask).</summary>
    private const uint CleanBit32 = 0x08000000, CleanBit16 = 0x8000;

    /// <summary>Clusters that a chain holds and no file; 0 for FAT12 and FAT16, where it is not looked at.</summary>
    public long LostClusters { get; private set; }

    /// <summary>The first of them.</summary>
    public uint FirstLost { get; private set; }

    /// <summary>Sectors of 512 bytes in which a table differs from the one in use.</summary>
    public long DifferingSectors { get; private set; }

    /// <summary>Free clusters, lost ones not among them.</summary>
    public long FreeClusters { get; private set; }

    /// <summary>Free clusters as FSInfo says; null where it does not.</summary>
    public uint? StoredFree { get; private set; }

    /// <summary>True when the copy of the boot sector is another one.</summary>
    public bool BackupDiffers { get; private set; }

    /// <summary>True when somebody had it mounted and did not unmount it.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>True when a file has the last cluster, which old boot loaders do not reach.</summary>
    public bool UsesLastCluster { get; private set; }

    /// <summary>The sector at which the volume says that it starts.</summary>
    public uint HiddenSectors { get; private set; }

    /// <summary>Goes through all tables once.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="boot">Its geometry.</param>
    /// <param name="used">Knows the clusters of all files.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static FatAudit Make(RandomAccessSource volume, FatBootSector boot, FatTable used, CancellationToken cancellation)
    {
        FatAudit audit = new() { UsesLastCluster = used.IsUsed(boot.ClusterCount + FatBootSector.FirstCluster - 1) };
        audit.ReadSectors(volume, boot);
        // Twelve bits a cluster never come to more than three bytes for two, 32 bits are four.
        long length = Math.Min(boot.TableLength, ((boot.ClusterCount + FatBootSector.FirstCluster) * (boot.Type == FatType.Fat32 ? 32L : boot.Type == FatType.Fat16 ? 16 : 12) + 7) / 8);
        byte[] chunk = new byte[Math.Min(ChunkSize, length)], other = new byte[chunk.Length];
        for (long start = 0; start < length; start += chunk.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<byte> table = chunk.AsSpan(0, (int)Math.Min(chunk.Length, length - start));
            volume.ReadExactly(boot.TableOffset + start, table);
            if (start == 0)
                audit.ReadState(table, boot.Type);
            if (boot.Type == FatType.Fat32)
                audit.Count(table, (uint)(start / Fat32Table.EntrySize), used);
            for (int number = 0; boot.IsMirrored && number < boot.TableCount; number++)
            {
                long at = boot.FirstTableOffset + number * boot.TableLength + start;
                Span<byte> copy = other.AsSpan(0, table.Length);
                volume.ReadExactly(at, copy);
                for (int i = 0; i < copy.Length; i += SectorLength)
                {
                    int size = Math.Min(SectorLength, copy.Length - i);
                    if (!copy.Slice(i, size).SequenceEqual(table.Slice(i, size)))
                        audit.DifferingSectors++;
                }
            }
        }
        return audit;
    }

    private void ReadSectors(RandomAccessSource volume, FatBootSector boot)
    {
        Span<byte> sector = stackalloc byte[SectorLength], copy = stackalloc byte[SectorLength];
        volume.ReadExactly(0, sector);
        HiddenSectors = BinaryPrimitives.ReadUInt32LittleEndian(sector[HiddenSectorsOffset..]);
        IsDirty = (sector[boot.Type == FatType.Fat32 ? StateOffset32 : StateOffset16] & 1) != 0;
        if (boot.BackupOffset != 0)
        {
            volume.ReadExactly(boot.BackupOffset, copy);
            BackupDiffers = !copy.SequenceEqual(sector);
        }
        if (boot.InfoOffset == 0)
            return;
        volume.ReadExactly(boot.InfoOffset, sector);
        if (BinaryPrimitives.ReadUInt32LittleEndian(sector) == Fat32Info.LeadSignature
            && BinaryPrimitives.ReadUInt32LittleEndian(sector[Fat32Info.StructureOffset..]) == Fat32Info.StructureSignature
            && BinaryPrimitives.ReadUInt32LittleEndian(sector[Fat32Info.FreeOffset..]) is not Fat32Info.Unknown and var stored)
            StoredFree = stored;
    }

    private void ReadState(ReadOnlySpan<byte> table, FatType type) => IsDirty |= type switch
    {
        FatType.Fat32 => (BinaryPrimitives.ReadUInt32LittleEndian(table[4..]) & CleanBit32) == 0,
        FatType.Fat16 => (BinaryPrimitives.ReadUInt16LittleEndian(table[2..]) & CleanBit16) == 0,
        _ => false,
    };

    private void Count(ReadOnlySpan<byte> table, uint first, FatTable used)
    {
        for (int i = 0; i < table.Length; i += Fat32Table.EntrySize)
        {
            uint cluster = first + (uint)(i / Fat32Table.EntrySize);
            if (cluster < FatBootSector.FirstCluster)
                continue;
            uint value = BinaryPrimitives.ReadUInt32LittleEndian(table[i..]) & Fat32Table.EntryMask;
            if (value == 0)
                FreeClusters++;
            else if (value != Fat32Table.Bad && !used.IsUsed(cluster))
            {
                if (LostClusters++ == 0)
                    FirstLost = cluster;
            }
        }
    }
}
