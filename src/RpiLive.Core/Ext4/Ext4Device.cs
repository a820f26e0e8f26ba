using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Ext4;

/// <summary>The blocks of a file system. Safe to use from several threads at once.</summary>
/// <param name="source">The partition; with a dirty journal the <see cref="JournalOverlay"/> over it.</param>
/// <param name="superblock">Its superblock.</param>
internal sealed class Ext4Device(RandomAccessSource source, Superblock superblock)
{
    public RandomAccessSource Source => source;

    public Superblock Superblock => superblock;

    public int BlockSize { get; } = superblock.BlockSize;

    /// <summary>Fills <paramref name="buffer"/> from the start of a block on.</summary>
    public void ReadBlocks(long block, Span<byte> buffer) => source.ReadExactly(block * BlockSize, buffer);

    /// <summary>Throws unless the blocks lie in the file system, past its first block (which holds the superblock or nothing).</summary>
    public void CheckBlocks(long first, long count, string what)
    {
        if (first <= superblock.FirstDataBlock || count < 0 || first > superblock.BlockCount - count)
        {
            throw Corrupt(
                $"{what} has {count:N0} blocks at block {first:N0}, outside the file system of {superblock.BlockCount:N0} blocks");
        }
    }

    public ImageException Corrupt(string what) => superblock.Corrupt(what);

    /// <summary>The error for a structure whose stored checksum is wrong.</summary>
    public ImageException BadChecksum(string what, uint stored, uint computed) =>
        Corrupt($"the checksum of {what} is 0x{computed:X8} instead of 0x{stored:X8}");
}
