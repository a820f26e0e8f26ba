using System.Buffers.Binary;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Ext4;

/// <summary>
/// The fast commit area behind the log: records in blocks, each fast commit closed by a tail with a checksum. Read by the rules
/// of ext4_fc_replay_scan in fs/ext4/fast_commit.c.
/// </summary>
internal static class FastCommitLog
{
    private const int TagHeaderSize = 4;
    private const int TailSize = 8;
    private const int HeadSize = 8;
    private const int NameOffset = 8;
    private const int RawInodeOffset = 4;

    /// <summary>The records of all complete fast commits after the last complete transaction.</summary>
    /// <param name="log">The journal.</param>
    /// <param name="sequence">The transaction that the fast commits must belong to.</param>
    public static List<FastCommitRecord> Read(JournalLog log, uint sequence)
    {
        List<FastCommitRecord> records = [];
        if (!log.Superblock.Has(JournalFeatures.FastCommit))
            return records;
        int complete = 0;
        uint crc = 0;
        for (long block = log.Superblock.FastCommitStart; block < log.Superblock.Length; block++)
        {
            ReadOnlySpan<byte> bytes = log.Read(block);
            if (records.Count == 0 && (FastCommitTag)BinaryPrimitives.ReadUInt16LittleEndian(bytes) != FastCommitTag.Head)
                break;
            if (!ReadBlock(log.Device, bytes, sequence, records, ref complete, ref crc))
                break;
        }
        records.RemoveRange(complete, records.Count - complete);
        return records;
    }

    /// <summary>Takes the records of one block.</summary>
    /// <returns>False at the end of what is valid.</returns>
    private static bool ReadBlock(
        Ext4Device device, ReadOnlySpan<byte> bytes, uint sequence, List<FastCommitRecord> records, ref int complete, ref uint crc)
    {
        for (int offset = 0; offset <= bytes.Length - TagHeaderSize;)
        {
            FastCommitTag tag = (FastCommitTag)BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(offset + 2)..]);
            int end = offset + TagHeaderSize + length;
            if (end > bytes.Length || !HasValidLength(device, tag, length))
                return complete > 0 ? false : throw device.Corrupt($"the first fast commit has a record of kind {(int)tag} with {length:N0} bytes");
            ReadOnlySpan<byte> value = bytes[(offset + TagHeaderSize)..end];
            if (tag == FastCommitTag.Head)
            {
                uint features = BinaryPrimitives.ReadUInt32LittleEndian(value);
                if (features != 0)
                {
                    throw ImageException.Unsupported(
                        "Ext4", device.Superblock.Source,
                        $"the journal's fast commits use unknown features: bits 0x{features:X}");
                }
                if (BinaryPrimitives.ReadUInt32LittleEndian(value[4..]) != sequence)
                    return false;
            }
            if (tag == FastCommitTag.Tail)
            {
                crc = Crc32C.Update(crc, bytes[offset..(offset + TagHeaderSize + 4)]);
                uint stored = BinaryPrimitives.ReadUInt32LittleEndian(value[4..]);
                if (stored != crc || BinaryPrimitives.ReadUInt32LittleEndian(value) != sequence)
                    return complete > 0 ? false : throw device.BadChecksum("the first fast commit in the journal", stored, crc);
                complete = records.Count;
                crc = 0;
            }
            else
            {
                crc = Crc32C.Update(crc, bytes[offset..end]);
                records.Add(new FastCommitRecord(tag, value.ToArray()));
            }
            offset = end;
        }
        return true;
    }

    private static bool HasValidLength(Ext4Device device, FastCommitTag tag, int length) => tag switch
    {
        FastCommitTag.AddRange => length == 16,
        FastCommitTag.DeleteRange => length == 12,
        FastCommitTag.Create or FastCommitTag.Link or FastCommitTag.Unlink => length is > NameOffset and <= NameOffset + Tree.FileName.MaxLength,
        FastCommitTag.Inode => length >= RawInodeOffset + Inode.GoodOldSize && length <= RawInodeOffset + device.Superblock.InodeSize,
        FastCommitTag.Pad => true,
        FastCommitTag.Tail => length >= TailSize,
        FastCommitTag.Head => length == HeadSize,
        _ => false,
    };
}
