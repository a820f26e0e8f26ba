using System.Buffers.Binary;

namespace RpiLive.Core.Ext4;

/// <summary>
/// An entry of a descriptor block: where the next block of the log belongs (journal_block_tag_t and journal_block_tag3_t).
/// </summary>
/// <param name="Target">Block number in the file system.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="Checksum">Of the block and its transaction: 32 bits with csum_v3, 16 with csum_v2, else without meaning.</param>
/// <param name="Size">Size of the entry with its UUID.</param>
internal readonly record struct JournalTag(long Target, JournalTagFlags Flags, uint Checksum, int Size)
{
    private const int UuidSize = 16;

    /// <summary>Parses the entry at the start of <paramref name="bytes"/>.</summary>
    public static JournalTag Parse(JournalSuperblock journal, ReadOnlySpan<byte> bytes)
    {
        long target = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        // With csum_v3 the flags are 32 bits wide from offset 4 on; all known ones are in the low half, at the same place as before.
        JournalTagFlags flags = (JournalTagFlags)BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        bool isV3 = journal.Has(JournalFeatures.ChecksumV3);
        uint checksum = isV3 ? BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]) : BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (journal.Has(JournalFeatures.SixtyFourBit))
            target |= (long)BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) << 32;
        return new JournalTag(target, flags, checksum, journal.TagSize + ((flags & JournalTagFlags.SameUuid) != 0 ? 0 : UuidSize));
    }
}
