using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Partitions;

/// <summary>
/// The partition table of an image: sector 0 with its four entries, and the chain of extended boot records behind an
/// extended partition. Sectors have 512 bytes. (The layout as Linux reads it: block/partitions/msdos.c.)
/// </summary>
public sealed class MasterBootRecord
{
    internal const int SectorSize = 512;

    private const string Format = "Mbr";
    private const int TableOffset = 446;
    private const int EntrySize = 16;
    private const int EntryCount = 4;
    private const byte ProtectiveType = 0xEE;

    /// <summary>As many logical partitions as sfdisk allows; the chain of a sound table is shorter.</summary>
    private const int MaxLogical = 56;

    private MasterBootRecord(uint diskId, IReadOnlyList<MbrPartition> partitions)
    {
        DiskId = diskId;
        Partitions = partitions;
    }

    /// <summary>The 32-bit disk signature at byte 440; <c>PARTUUID=</c> is made of it and the partition's number.</summary>
    public uint DiskId { get; }

    /// <summary>
    /// The partitions that can hold data, by number: primary, then logical. Without empty entries, the extended partition
    /// itself and protective entries of a GPT.
    /// </summary>
    public IReadOnlyList<MbrPartition> Partitions { get; }

    /// <summary>Reads the partition table of an image.</summary>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.NotPartitioned"/> (the message says what the input looks like instead),
    /// <see cref="ErrorIds.GptNotSupported"/>, <see cref="ErrorIds.ImageTruncated"/> when a partition reaches past the end
    /// of the input, or <c>CorruptMbr</c>.
    /// </exception>
    public static MasterBootRecord Read(RandomAccessSource source)
    {
        Span<byte> sector = stackalloc byte[SectorSize];
        if (source.Length < SectorSize)
            throw NotPartitioned(source);
        source.ReadExactly(0, sector);
        if (!HasSignature(sector) || !HasSaneBootFlags(sector))
            throw NotPartitioned(source);

        uint diskId = BinaryPrimitives.ReadUInt32LittleEndian(sector[440..]);
        List<MbrPartition> partitions = [];
        bool protective = false;
        MbrPartition? extended = null;
        for (int i = 0; i < EntryCount; i++)
        {
            if (ReadEntry(sector, i, i + 1, 0) is not { } entry)
                continue;
            if (entry.Type == ProtectiveType)
                protective = true;
            else if (!IsExtended(entry.Type))
                partitions.Add(entry);
            else if (extended is null)
                extended = entry;
            else
                throw Corrupt(source, $"entries {extended.Number} and {entry.Number} of the partition table are both extended partitions");
        }
        if (extended is not null)
            ReadLogical(source, extended, partitions);

        if (partitions.Count == 0)
        {
            if (HasGptHeader(source))
                throw GptOnly(source);
            if (protective)
                throw Corrupt(source, "the partition table only protects a GUID partition table, but there is no such table behind it");
            if (extended is null)
                throw NotPartitioned(source);
        }
        foreach (MbrPartition partition in partitions)
        {
            if (partition.End > source.Length)
                throw Truncated(source, partition);
        }
        return new(diskId, partitions);
    }

    /// <summary>Writes sector 0: no boot code, the disk signature and up to four primary partitions.</summary>
    /// <param name="target">The whole image; its first 512 bytes are written.</param>
    /// <param name="diskId">The 32-bit disk signature.</param>
    /// <param name="partitions">Numbered 1 to 4, in any order, on 512-byte sectors from sector 1 on, without overlap.</param>
    /// <exception cref="ArgumentException">The partitions break these rules.</exception>
    /// <exception cref="ImageException"><see cref="ErrorIds.TooLarge"/>: a partition reaches past 2 TiB.</exception>
    public static void Write(RandomAccessTarget target, uint diskId, IReadOnlyList<MbrPartition> partitions)
    {
        Span<byte> sector = stackalloc byte[SectorSize];
        sector.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(sector[440..], diskId);
        long previousEnd = SectorSize;
        int numbers = 0;
        foreach (MbrPartition partition in partitions.OrderBy(p => p.FirstByte))
        {
            if (partition.Number is < 1 or > EntryCount || (numbers & 1 << partition.Number) != 0)
                throw new ArgumentException($"Partition number {partition.Number} is not free in a table of four.", nameof(partitions));
            if (partition.FirstByte % SectorSize != 0 || partition.Length % SectorSize != 0 || partition.Length <= 0)
                throw new ArgumentException($"Partition {partition.Number} does not cover whole sectors.", nameof(partitions));
            if (partition.FirstByte < previousEnd)
                throw new ArgumentException($"Partition {partition.Number} starts before byte {previousEnd:N0}.", nameof(partitions));
            CheckReach(target, partition);
            numbers |= 1 << partition.Number;
            previousEnd = partition.End;
            WriteEntry(sector.Slice(TableOffset + (partition.Number - 1) * EntrySize, EntrySize), partition);
        }
        sector[510] = 0x55;
        sector[511] = 0xAA;
        target.Write(0, sector);
    }

    /// <summary>Changes one entry of sector 0 and nothing else in it.</summary>
    /// <param name="source">The whole image, for reading.</param>
    /// <param name="target">The whole image; its first 512 bytes are written.</param>
    /// <param name="number">Which entry: 1 to 4.</param>
    /// <param name="partition">The partition, on whole sectors of 512 bytes; null to make the entry empty.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.TooLarge"/>: the partition reaches past 2 TiB.</exception>
    internal static void Change(RandomAccessSource source, RandomAccessTarget target, int number, MbrPartition? partition)
    {
        Span<byte> sector = stackalloc byte[SectorSize];
        source.ReadExactly(0, sector);
        Span<byte> entry = sector.Slice(TableOffset + (number - 1) * EntrySize, EntrySize);
        entry.Clear();
        if (partition is not null)
        {
            CheckReach(target, partition);
            WriteEntry(entry, partition);
        }
        target.Write(0, sector);
    }

    internal static bool HasSignature(ReadOnlySpan<byte> sector) => sector[510] == 0x55 && sector[511] == 0xAA;

    private static bool HasSaneBootFlags(ReadOnlySpan<byte> sector)
    {
        for (int i = 0; i < EntryCount; i++)
        {
            if ((sector[TableOffset + i * EntrySize] & 0x7F) != 0)
                return false;
        }
        return true;
    }

    private static bool IsExtended(byte type) => type is 0x05 or 0x0F or 0x85;

    private static MbrPartition? ReadEntry(ReadOnlySpan<byte> sector, int index, int number, long startsFrom)
    {
        ReadOnlySpan<byte> entry = sector.Slice(TableOffset + index * EntrySize, EntrySize);
        byte type = entry[4];
        long first = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);
        long count = BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]);
        return type == 0 || count == 0
            ? null
            : new(number, type, startsFrom + first * SectorSize, count * SectorSize, entry[0] == 0x80);
    }

    /// <summary>
    /// Follows the chain of extended boot records. Each holds one logical partition, relative to the record, and the way
    /// to the next record, relative to the start of the extended partition. Steps must go forward inside the extended
    /// partition, so that there can be no cycle.
    /// </summary>
    private static void ReadLogical(RandomAccessSource source, MbrPartition extended, List<MbrPartition> partitions)
    {
        Span<byte> sector = stackalloc byte[SectorSize];
        int number = EntryCount + 1;
        long at = extended.FirstByte;
        HashSet<long> seen = [];
        while (true)
        {
            if (!seen.Add(at))
                throw Corrupt(source, $"the chain of logical partitions comes back to byte {at:N0}");
            if (seen.Count > MaxLogical + 1)
                throw Corrupt(source, $"there are more than {MaxLogical} logical partitions");
            if (at > source.Length - SectorSize)
                throw Truncated(source, extended);
            source.ReadExactly(at, sector);
            if (!HasSignature(sector))
                throw Corrupt(source, $"the extended boot record at byte {at:N0} has no signature");

            MbrPartition? next = null, logical = null;
            for (int i = 0; i < EntryCount; i++)
            {
                if (ReadEntry(sector, i, number, at) is not { } entry)
                    continue;
                if (!IsExtended(entry.Type))
                    logical ??= entry;
                else
                    next ??= ReadEntry(sector, i, number, extended.FirstByte);
            }
            if (logical is not null)
            {
                partitions.Add(logical);
                number++;
            }
            if (next is null)
                return;
            if (next.FirstByte >= extended.End)
                throw Corrupt(source, $"the chain of logical partitions leaves the extended partition at byte {next.FirstByte:N0}");
            at = next.FirstByte;
        }
    }

    /// <summary>True when sector 1 (of 512 or 4,096 bytes) is a GPT header that knows its own place.</summary>
    private static bool HasGptHeader(RandomAccessSource source)
    {
        Span<byte> header = stackalloc byte[32];
        foreach (int offset in (ReadOnlySpan<int>)[512, 4096])
        {
            if (source.Length >= offset + SectorSize && source.Read(offset, header) == header.Length
                && header.StartsWith("EFI PART"u8) && BinaryPrimitives.ReadUInt64LittleEndian(header[24..]) == 1)
                return true;
        }
        return false;
    }

    private static void CheckReach(RandomAccessTarget target, MbrPartition partition)
    {
        if (partition.End / SectorSize > uint.MaxValue)
        {
            throw new ImageException(ErrorIds.TooLarge, ImageErrorKind.Destination,
                $"{target.Name}: partition {partition.Number} would end at byte {partition.End:N0}; a master boot record reaches 2 TiB.",
                "Make the partition smaller.");
        }
    }

    private static void WriteEntry(Span<byte> entry, MbrPartition partition)
    {
        uint first = (uint)(partition.FirstByte / SectorSize);
        uint count = (uint)(partition.Length / SectorSize);
        entry[0] = (byte)(partition.Active ? 0x80 : 0);
        WriteChs(entry[1..4], first);
        entry[4] = partition.Type;
        WriteChs(entry[5..8], first + (count - 1));
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], first);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], count);
    }

    /// <summary>Cylinder, head and sector for the usual 255 heads and 63 sectors; the highest value where they do not reach.</summary>
    private static void WriteChs(Span<byte> chs, uint sector)
    {
        const uint Heads = 255, Sectors = 63, MaxCylinder = 1023;
        uint cylinder = sector / (Heads * Sectors);
        if (cylinder > MaxCylinder)
        {
            chs[0] = 0xFE;
            chs[1] = 0xFF;
            chs[2] = 0xFF;
            return;
        }
        chs[0] = (byte)(sector / Sectors % Heads);
        chs[1] = (byte)(sector % Sectors + 1 | cylinder >> 8 << 6);
        chs[2] = (byte)cylinder;
    }

    private static ImageException NotPartitioned(RandomAccessSource source)
    {
        (string what, string action) = Lookalike.Describe(source);
        return new(ErrorIds.NotPartitioned, ImageErrorKind.Unsupported, $"{source.Name}: has no partition table: {what}.", action);
    }

    private static ImageException GptOnly(RandomAccessSource source) => new(
        ErrorIds.GptNotSupported, ImageErrorKind.Unsupported,
        $"{source.Name}: has a GUID partition table (GPT) only; RpiLive reads master boot records, as all Raspberry Pi OS images have.",
        "Use an image with a master boot record, or make a hybrid one with gdisk.");

    private static ImageException Truncated(RandomAccessSource source, MbrPartition partition) => new(
        ErrorIds.ImageTruncated, ImageErrorKind.Corrupt,
        $"{source.Name}: cut short: partition {partition.Number} (type 0x{partition.Type:X2}) lies at bytes {partition.FirstByte:N0} to "
        + $"{partition.End:N0}, but the image has {source.Length:N0} bytes.",
        "Download or copy the image again and compare its size and SHA-256 with the published ones.");

    private static ImageException Corrupt(RandomAccessSource source, string what) => ImageException.Corrupt(Format, source.Name, what);
}
