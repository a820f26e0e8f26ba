using System.Buffers.Binary;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Fat;

/// <summary>Writes directory entries.</summary>
internal static class FatEntryWriter
{
    /// <summary>Writes the entries of a long name; <paramref name="rest"/> moves behind them.</summary>
    public static void WriteLong(ref Span<byte> rest, string name, byte checksum)
    {
        int parts = FatName.LongPartCount(name);
        for (int part = parts; part > 0; part--)
        {
            Span<byte> entry = rest[..FatEntry.Size];
            entry[0] = (byte)(part == parts ? part | FatEntry.LastLongPart : part);
            entry[11] = FatEntry.LongName;
            entry[13] = checksum;
            for (int i = 0; i < FatEntry.LongPartLength; i++)
            {
                int at = (part - 1) * FatEntry.LongPartLength + i;
                ushort unit = at < name.Length ? name[at] : at == name.Length ? (ushort)0 : (ushort)0xFFFF;
                BinaryPrimitives.WriteUInt16LittleEndian(entry[FatEntry.LongPartOffsets[i]..], unit);
            }
            rest = rest[FatEntry.Size..];
        }
    }

    /// <summary>Writes a short entry whose name is there already; <paramref name="rest"/> moves behind it.</summary>
    public static void WriteShort(ref Span<byte> rest, byte attributes, uint cluster, uint length, Timestamp time)
    {
        (ushort date, ushort clock, byte hundredths) = FatTime.Encode(time);
        rest[11] = attributes;
        rest[13] = hundredths;
        BinaryPrimitives.WriteUInt16LittleEndian(rest[14..], clock);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[16..], date);
        WriteChange(rest, cluster, length, time);
        rest = rest[FatEntry.Size..];
    }

    /// <summary>Writes what changes in a short entry with the content: where it lies, its size and time.</summary>
    public static void WriteChange(Span<byte> entry, uint cluster, uint length, Timestamp time)
    {
        (ushort date, ushort clock, _) = FatTime.Encode(time);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[18..], date);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[20..], (ushort)(cluster >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(entry[22..], clock);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[24..], date);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[26..], (ushort)cluster);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[28..], length);
    }

    /// <summary>Writes <c>.</c> and <c>..</c>; <paramref name="rest"/> moves behind them.</summary>
    /// <param name="rest">The start of the directory.</param>
    /// <param name="cluster">First cluster of the directory.</param>
    /// <param name="time">Its time.</param>
    /// <param name="parentCluster">First cluster of the directory that it lies in; 0 for the root.</param>
    /// <param name="parentTime">Time of that directory.</param>
    public static void WriteDots(ref Span<byte> rest, uint cluster, Timestamp time, uint parentCluster, Timestamp parentTime)
    {
        ".          "u8.CopyTo(rest);
        WriteShort(ref rest, FatEntry.Directory, cluster, 0, time);
        "..         "u8.CopyTo(rest);
        WriteShort(ref rest, FatEntry.Directory, parentCluster, 0, parentTime);
    }
}
