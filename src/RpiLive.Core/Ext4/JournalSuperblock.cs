using System.Buffers.Binary;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Ext4;

/// <summary>
/// The journal's own superblock, in its block 0 (Documentation/filesystems/ext4/journal.rst). All numbers are big-endian.
/// </summary>
internal sealed class JournalSuperblock
{
    public const int Size = 1024;
    private const uint TypeV1 = 3;
    private const uint TypeV2 = 4;
    private const uint CompatChecksum = 1;
    private const int ChecksumOffset = 0xFC;
    private const byte Crc32CType = 4;
    private const uint DefaultFastCommitBlocks = 256;
    private const uint MinLogBlocks = 1024;

    /// <summary>Parses and checks.</summary>
    /// <param name="device">The file system as it stands on disk.</param>
    /// <param name="bytes">The first 1,024 bytes of the journal.</param>
    /// <param name="fileBlocks">Blocks of the journal's file.</param>
    public JournalSuperblock(Ext4Device device, ReadOnlySpan<byte> bytes, long fileBlocks)
    {
        uint magic = UInt32(bytes, 0), type = UInt32(bytes, 4);
        if (magic != JournalLog.Magic || type is not (TypeV1 or TypeV2))
            throw device.Corrupt($"the journal starts with 0x{magic:X8} and block type {type:N0} instead of a journal superblock");
        uint blockSize = UInt32(bytes, 0xC);
        if (blockSize != device.BlockSize)
            throw device.Corrupt($"the journal has blocks of {blockSize:N0} bytes, the file system of {device.BlockSize:N0}");
        Length = UInt32(bytes, 0x10);
        First = UInt32(bytes, 0x14);
        Sequence = UInt32(bytes, 0x18);
        Start = UInt32(bytes, 0x1C);
        End = Length;
        if (Length > fileBlocks || First == 0 || First >= Length)
            throw device.Corrupt($"the journal says {Length:N0} blocks from block {First:N0} on, in a file of {fileBlocks:N0}");
        if (type == TypeV2)
            ReadFeatures(device, bytes);
    }

    /// <summary>Blocks of the journal.</summary>
    public long Length { get; }

    /// <summary>First block of the log.</summary>
    public long First { get; }

    /// <summary>First block after the log proper.</summary>
    public long End { get; private set; }

    /// <summary>First block of the fast commit area; it ends with the journal.</summary>
    public long FastCommitStart => End + 1;

    /// <summary>The first transaction expected in the log.</summary>
    public uint Sequence { get; }

    /// <summary>Where the log starts; 0 for an empty one.</summary>
    public long Start { get; }

    public JournalFeatures Features { get; private set; }

    /// <summary>The compatible feature <c>checksum</c>: one CRC-32 a transaction.</summary>
    public bool HasTransactionChecksums { get; private set; }

    public bool HasBlockChecksums => (Features & (JournalFeatures.ChecksumV2 | JournalFeatures.ChecksumV3)) != 0;

    public uint ChecksumSeed { get; private set; }

    /// <summary>Size of a tag without its UUID (journal_tag_bytes in fs/jbd2/journal.c).</summary>
    public int TagSize
    {
        get
        {
            if (Has(JournalFeatures.ChecksumV3))
                return 16;
            int size = Has(JournalFeatures.ChecksumV2) ? 10 : 8;
            return Has(JournalFeatures.SixtyFourBit) ? size + 4 : size;
        }
    }

    public bool Has(JournalFeatures feature) => (Features & feature) != 0;

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    private void ReadFeatures(Ext4Device device, ReadOnlySpan<byte> bytes)
    {
        HasTransactionChecksums = (UInt32(bytes, 0x24) & CompatChecksum) != 0;
        Features = (JournalFeatures)UInt32(bytes, 0x28);
        JournalFeatures unknown = Features & ~JournalFeatures.Known;
        if (unknown != JournalFeatures.None)
        {
            throw ImageException.Unsupported(
                "Ext4", device.Superblock.Source,
                $"the journal uses unknown features: incompat bits 0x{(uint)unknown:X}");
        }
        ChecksumSeed = Crc32C.Update(Crc32C.Start, bytes.Slice(0x30, 16));
        if (HasBlockChecksums)
            CheckChecksum(device, bytes);
        if (Has(JournalFeatures.FastCommit))
        {
            uint blocks = UInt32(bytes, 0x54);
            if (blocks == 0)
                blocks = DefaultFastCommitBlocks;
            if (Length - blocks >= MinLogBlocks)
                End = Length - blocks;
            if (First >= End)
                throw device.Corrupt($"the journal's log starts at block {First:N0}, but its fast commit area at {End:N0}");
        }
    }

    private void CheckChecksum(Ext4Device device, ReadOnlySpan<byte> bytes)
    {
        if (HasTransactionChecksums || (Has(JournalFeatures.ChecksumV2) && Has(JournalFeatures.ChecksumV3)))
            throw device.Corrupt("the journal says that it has several kinds of checksums at once");
        if (bytes[0x50] != Crc32CType)
        {
            throw ImageException.Unsupported(
                "Ext4", device.Superblock.Source,
                $"the journal uses checksum type {bytes[0x50]} instead of 4 (crc32c)");
        }
        uint stored = UInt32(bytes, ChecksumOffset);
        uint computed = Crc32C.UpdateSkipping(Crc32C.Start, bytes, ChecksumOffset, 4);
        if (stored != computed)
            throw device.BadChecksum("the journal superblock", stored, computed);
    }
}
