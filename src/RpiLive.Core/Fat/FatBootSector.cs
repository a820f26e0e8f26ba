using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Fat;

/// <summary>
/// The geometry of a volume, out of the BIOS parameter block in its first sector, all fields checked against each other
/// (Microsoft FAT specification 1.03, "Boot Sector and BPB").
/// </summary>
internal sealed class FatBootSector
{
    /// <summary>The name of the format in error ids.</summary>
    public const string Format = "Fat";

    /// <summary>First cluster number of the data area.</summary>
    public const uint FirstCluster = 2;

    /// <summary>From this many clusters on a volume is not FAT12.</summary>
    public const uint Fat16Clusters = 4085;

    /// <summary>From this many clusters on a volume is FAT32.</summary>
    public const uint Fat32Clusters = 65525;

    private const uint MaxFat32Clusters = 0x0FFFFFF5;
    private const int Size = 512;

    public required FatType Type { get; init; }

    public required int SectorSize { get; init; }

    public required int ClusterSize { get; init; }

    public required uint ClusterCount { get; init; }

    /// <summary>Byte offset of the table in use.</summary>
    public required long TableOffset { get; init; }

    /// <summary>Byte offset of the first table; the others follow it.</summary>
    public required long FirstTableOffset { get; init; }

    /// <summary>Number of tables.</summary>
    public required int TableCount { get; init; }

    /// <summary>Bytes that each table has, in use or not.</summary>
    public required long TableLength { get; init; }

    /// <summary>True when all tables are to be kept the same, as on almost all volumes.</summary>
    public required bool IsMirrored { get; init; }

    /// <summary>Byte offset of the sector with the count of free clusters (FSInfo); 0 for none.</summary>
    public required long InfoOffset { get; init; }

    /// <summary>Byte offset of the copy of the boot sector; 0 for none.</summary>
    public required long BackupOffset { get; init; }

    /// <summary>Byte offset and size of the root directory of FAT12/16; size 0 on FAT32.</summary>
    public required long RootOffset { get; init; }

    public required int RootLength { get; init; }

    /// <summary>First cluster of the root directory of FAT32.</summary>
    public required uint RootCluster { get; init; }

    /// <summary>Byte offset of cluster 2.</summary>
    public required long DataOffset { get; init; }

    /// <summary>Size of the volume in bytes.</summary>
    public required long Length { get; init; }

    public required uint VolumeId { get; init; }

    /// <summary>The label field, 11 bytes in the OEM code page; empty where the extended boot signature is missing.</summary>
    public required byte[] Label { get; init; }

    /// <summary>Byte offset of a cluster.</summary>
    public long OffsetOf(uint cluster) => DataOffset + (long)(cluster - FirstCluster) * ClusterSize;

    /// <summary>Why the input cannot be a FAT volume, or null when it can.</summary>
    public static string? Refuse(ReadOnlySpan<byte> sector)
    {
        int sectorSize = BinaryPrimitives.ReadUInt16LittleEndian(sector[11..]);
        int sectorsPerCluster = sector[13];
        if (sector[510] != 0x55 || sector[511] != 0xAA)
            return "the boot sector has no signature 55 AA";
        if (sector[0] is not (0xEB or 0xE9))
            return $"the boot sector starts with {sector[0]:X2}, not with a jump";
        if (sectorSize is not (512 or 1024 or 2048 or 4096))
            return $"the boot sector gives {sectorSize:N0} bytes a sector";
        if (sectorsPerCluster == 0 || (sectorsPerCluster & sectorsPerCluster - 1) != 0)
            return $"the boot sector gives {sectorsPerCluster} sectors a cluster";
        if (BinaryPrimitives.ReadUInt16LittleEndian(sector[14..]) == 0)
            return "the boot sector gives no reserved sectors";
        if (sector[16] == 0)
            return "the boot sector gives no file allocation table";
        if (sector[21] is not (0xF0 or >= 0xF8))
            return $"the boot sector gives media type {sector[21]:X2}";
        return null;
    }

    public static bool TryRead(RandomAccessSource source, Span<byte> sector) =>
        source.Length >= sector.Length && source.Read(0, sector) == sector.Length;

    /// <exception cref="ImageException"><c>CorruptFat</c>, <c>UnsupportedFat</c> or <see cref="ErrorIds.ImageTruncated"/>.</exception>
    public static FatBootSector Read(RandomAccessSource source)
    {
        Span<byte> sector = stackalloc byte[Size];
        source.ReadExactly(0, sector);
        if (Refuse(sector) is { } reason)
            throw Corrupt(source, "is no FAT file system: " + reason);

        int sectorSize = BinaryPrimitives.ReadUInt16LittleEndian(sector[11..]);
        long reserved = BinaryPrimitives.ReadUInt16LittleEndian(sector[14..]);
        int tables = sector[16];
        int rootEntries = BinaryPrimitives.ReadUInt16LittleEndian(sector[17..]);
        long sectors = BinaryPrimitives.ReadUInt16LittleEndian(sector[19..]);
        if (sectors == 0)
            sectors = BinaryPrimitives.ReadUInt32LittleEndian(sector[32..]);
        long tableSectors = BinaryPrimitives.ReadUInt16LittleEndian(sector[22..]);

        // Microsoft's rule is the number of clusters, but a volume without the 16-bit table size cannot be read as FAT16:
        // mkfs.vfat -F 32 makes such small FAT32 volumes, and Linux goes by this field too.
        bool fat32 = tableSectors == 0;
        if (fat32)
            tableSectors = BinaryPrimitives.ReadUInt32LittleEndian(sector[36..]);
        if (tableSectors == 0)
            throw Corrupt(source, "the boot sector gives a file allocation table of no sectors");
        if (fat32 && rootEntries != 0)
            throw Corrupt(source, $"the boot sector of a FAT32 volume gives a fixed root directory of {rootEntries:N0} entries");
        if (!fat32 && rootEntries == 0)
            throw Corrupt(source, "the boot sector gives a root directory of no entries");

        int clusterSize = sectorSize * sector[13];
        long rootSectors = (rootEntries * FatEntry.Size + sectorSize - 1) / sectorSize;
        long rootSector = reserved + tables * tableSectors;
        long dataSector = rootSector + rootSectors;
        if (sectors <= dataSector)
            throw Corrupt(source, $"the boot sector gives {sectors:N0} sectors, but the data area starts at sector {dataSector:N0}");
        long clusters = (sectors - dataSector) * sectorSize / clusterSize;
        if (clusters == 0)
            throw Corrupt(source, "the volume has no clusters");

        FatType type = fat32 ? FatType.Fat32 : clusters < Fat16Clusters ? FatType.Fat12 : FatType.Fat16;
        if (clusters > (fat32 ? MaxFat32Clusters : Fat32Clusters - 1))
            throw Corrupt(source, $"{type} cannot have {clusters:N0} clusters");
        long tableBits = (clusters + FirstCluster) * (type == FatType.Fat12 ? 12 : type == FatType.Fat16 ? 16 : 32);
        if ((tableBits + 7) / 8 > tableSectors * sectorSize)
            throw Corrupt(source, $"a file allocation table of {tableSectors:N0} sectors is too small for {clusters:N0} clusters");

        int activeTable = 0;
        uint rootCluster = 0;
        int infoSector = 0, backupSector = 0;
        if (fat32)
        {
            int flags = BinaryPrimitives.ReadUInt16LittleEndian(sector[40..]);
            if ((flags & 0x80) != 0)
                activeTable = flags & 0xF;
            if (activeTable >= tables)
                throw Corrupt(source, $"the boot sector names table {activeTable} the active one of {tables}");
            int version = BinaryPrimitives.ReadUInt16LittleEndian(sector[42..]);
            if (version != 0)
                throw ImageException.Unsupported(Format, source.Name, $"FAT32 version {version >> 8}.{version & 0xFF}");
            rootCluster = BinaryPrimitives.ReadUInt32LittleEndian(sector[44..]);
            infoSector = InReserved(BinaryPrimitives.ReadUInt16LittleEndian(sector[48..]), reserved);
            backupSector = InReserved(BinaryPrimitives.ReadUInt16LittleEndian(sector[50..]), reserved);
        }
        ReadOnlySpan<byte> extended = sector[(fat32 ? 64 : 36)..];
        byte signature = extended[2];
        return new()
        {
            Type = type,
            SectorSize = sectorSize,
            ClusterSize = clusterSize,
            ClusterCount = (uint)clusters,
            TableOffset = (reserved + activeTable * tableSectors) * sectorSize,
            FirstTableOffset = reserved * sectorSize,
            TableCount = tables,
            TableLength = tableSectors * sectorSize,
            IsMirrored = !fat32 || (BinaryPrimitives.ReadUInt16LittleEndian(sector[40..]) & 0x80) == 0,
            InfoOffset = infoSector == backupSector ? 0 : infoSector * (long)sectorSize,
            BackupOffset = backupSector * (long)sectorSize,
            RootOffset = rootSector * sectorSize,
            RootLength = rootEntries * FatEntry.Size,
            RootCluster = rootCluster,
            DataOffset = dataSector * sectorSize,
            Length = sectors * sectorSize,
            VolumeId = signature is 0x28 or 0x29 ? BinaryPrimitives.ReadUInt32LittleEndian(extended[3..]) : 0,
            Label = signature == 0x29 ? extended.Slice(7, FatEntry.NameLength).ToArray() : [],
        };
    }

    /// <summary>The sector where it lies between boot sector and tables, else 0: Linux ignores others too.</summary>
    private static int InReserved(int sector, long reserved) => sector < reserved ? sector : 0;

    private static ImageException Corrupt(RandomAccessSource source, string what) => ImageException.Corrupt(Format, source.Name, what);
}
