using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Fat;

/// <summary>Where the parts of a FAT32 volume lie, and the parts in front of the data. Sectors have 512 bytes.</summary>
internal sealed class Fat32Layout
{
    public const int SectorSize = 512;

    /// <summary>16 more than FAT32 must have, as Microsoft advises: some drivers miscount the limit by a few.</summary>
    public const uint MinClusters = FatBootSector.Fat32Clusters + 16;

    internal const uint MaxClusters = 0x0FFFFFF4;
    private const int Tables = 2;
    private const int InfoSector = 1;
    private const int BackupSector = 6;
    private const uint MinReserved = 32;
    private const uint MaxReserved = 32767;

    /// <summary>Clusters on top of the data asked for: for directories and the unused ends of clusters.</summary>
    private const uint SpareClusters = 16384;

    /// <summary>On the disk the data starts at a multiple of this many sectors (1 MiB).</summary>
    private const uint Alignment = 2048;

    private const uint MediaEntry = 0x0FFFFFF8;

    /// <summary>All set: unmounted cleanly (bit 27) and without disk errors (bit 26).</summary>
    private const uint StateEntry = 0x0FFFFFFF;

    private readonly Fat32Options _options;
    private readonly uint _sectorsPerCluster;
    private readonly uint _dataSector;
    private readonly uint _growth;

    public Fat32Layout(Fat32Options options)
    {
        _options = options;
        _sectorsPerCluster = (uint)(options.ClusterSize / SectorSize);
        long clusters = Math.Min(ClustersFor(options.MaxDataBytes, options.ClusterSize) + SpareClusters, MaxClusters);
        clusters = Math.Max(clusters, MinClusters);
        _growth = (uint)Math.Min(ClustersFor(options.GrowthBytes, options.ClusterSize), MaxClusters - clusters);
        long start = options.HiddenSectors + MinReserved + Tables * (long)TableSectors((uint)clusters + _growth);
        _dataSector = (uint)((start + Alignment - 1) / Alignment * Alignment - options.HiddenSectors);
        Capacity = (uint)Math.Min(clusters, (uint.MaxValue - _dataSector) / _sectorsPerCluster);
    }

    /// <summary>The most clusters that the volume can have.</summary>
    public uint Capacity { get; }

    public static long ClustersFor(long bytes, int clusterSize) => bytes / clusterSize + (bytes % clusterSize == 0 ? 0 : 1);

    /// <summary>Where a cluster lies, from the start of the volume.</summary>
    public long Offset(uint cluster) =>
        (_dataSector + (long)(cluster - FatBootSector.FirstCluster) * _sectorsPerCluster) * SectorSize;

    /// <summary>Size in bytes of a volume of that many clusters.</summary>
    public long Length(uint clusters) => Offset(clusters + FatBootSector.FirstCluster);

    /// <summary>Writes the tables, then the boot sectors.</summary>
    /// <param name="target">The volume.</param>
    /// <param name="clusters">Clusters that it has.</param>
    /// <param name="used">Clusters in use: the first ones.</param>
    /// <param name="links">See <see cref="WriteTable"/>.</param>
    public void Write(RandomAccessTarget target, uint clusters, uint used, List<(uint Last, uint Next)> links)
    {
        uint tableSectors = TableSectors(clusters + _growth);
        if (_dataSector - Tables * tableSectors > MaxReserved)
            tableSectors = (_dataSector - MaxReserved + Tables - 1) / Tables;
        uint reserved = _dataSector - Tables * tableSectors;
        for (int table = 0; table < Tables; table++)
            WriteTable(target, (reserved + table * (long)tableSectors) * SectorSize, used, links);

        Span<byte> sectors = stackalloc byte[2 * SectorSize];
        sectors.Clear();
        FillBootSector(sectors[..SectorSize], clusters, reserved, tableSectors);
        FillInfoSector(sectors[SectorSize..], clusters, used);
        target.Write(BackupSector * SectorSize, sectors);
        target.Write(0, sectors);
    }

    private static uint TableSectors(uint clusters) =>
        (uint)(((clusters + (long)FatBootSector.FirstCluster) * sizeof(uint) + SectorSize - 1) / SectorSize);

    /// <summary>Writes the entries in use of one table; every cluster leads to the next one but those in <paramref name="links"/>.</summary>
    /// <param name="target">The volume.</param>
    /// <param name="offset">Where the table starts.</param>
    /// <param name="used">Clusters in use.</param>
    /// <param name="links">The last cluster of each run and the one after it in its chain (0 for none), by cluster.</param>
    private static void WriteTable(RandomAccessTarget target, long offset, uint used, List<(uint Last, uint Next)> links)
    {
        const int ChunkEntries = 1 << 18;
        long entries = used + (long)FatBootSector.FirstCluster;
        uint[] chunk = ArrayPool<uint>.Shared.Rent((int)Math.Min(ChunkEntries, entries));
        int link = 0;
        for (long first = 0; first < entries; first += ChunkEntries)
        {
            Span<uint> part = chunk.AsSpan(0, (int)Math.Min(ChunkEntries, entries - first));
            for (int i = 0; i < part.Length; i++)
                part[i] = (uint)(first + i + 1);
            for (; link < links.Count && links[link].Last < first + part.Length; link++)
                part[(int)(links[link].Last - first)] = links[link].Next == 0 ? Fat32Table.EndOfChain : links[link].Next;
            if (first == 0)
            {
                part[0] = MediaEntry;
                part[1] = StateEntry;
            }
            if (!BitConverter.IsLittleEndian)
                BinaryPrimitives.ReverseEndianness(part, part);
            target.Write(offset + first * sizeof(uint), MemoryMarshal.AsBytes(part));
        }
        ArrayPool<uint>.Shared.Return(chunk);
    }

    private void FillBootSector(Span<byte> sector, uint clusters, uint reserved, uint tableSectors)
    {
        ReadOnlySpan<byte> jump = [0xEB, 0x58, 0x90];
        jump.CopyTo(sector);
        "MSWIN4.1"u8.CopyTo(sector[3..]);
        BinaryPrimitives.WriteUInt16LittleEndian(sector[11..], SectorSize);
        sector[13] = (byte)_sectorsPerCluster;
        BinaryPrimitives.WriteUInt16LittleEndian(sector[14..], (ushort)reserved);
        sector[16] = Tables;
        sector[21] = 0xF8;
        BinaryPrimitives.WriteUInt16LittleEndian(sector[24..], 63);
        BinaryPrimitives.WriteUInt16LittleEndian(sector[26..], 255);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[28..], _options.HiddenSectors);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[32..], _dataSector + clusters * _sectorsPerCluster);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[36..], tableSectors);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[44..], FatBootSector.FirstCluster);
        BinaryPrimitives.WriteUInt16LittleEndian(sector[48..], InfoSector);
        BinaryPrimitives.WriteUInt16LittleEndian(sector[50..], BackupSector);
        sector[64] = 0x80;
        sector[66] = 0x29;
        BinaryPrimitives.WriteUInt32LittleEndian(sector[67..], _options.VolumeId);
        Span<byte> label = sector.Slice(71, FatEntry.NameLength);
        label.Fill((byte)' ');
        Encoding.ASCII.GetBytes(_options.Label, label);
        "FAT32   "u8.CopyTo(sector[82..]);

        // A PC that starts from the card goes on to its next boot device: INT 18h, then halt for good.
        ReadOnlySpan<byte> code = [0xCD, 0x18, 0xF4, 0xEB, 0xFD];
        code.CopyTo(sector[90..]);
        sector[510] = 0x55;
        sector[511] = 0xAA;
    }

    private static void FillInfoSector(Span<byte> sector, uint clusters, uint used)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(sector, Fat32Info.LeadSignature);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[Fat32Info.StructureOffset..], Fat32Info.StructureSignature);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[Fat32Info.FreeOffset..], clusters - used);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[Fat32Info.HintOffset..], used + FatBootSector.FirstCluster - 1);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[Fat32Info.TrailOffset..], Fat32Info.TrailSignature);
    }
}
