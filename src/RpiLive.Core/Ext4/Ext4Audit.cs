using System.Buffers.Binary;
using System.Numerics;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Ext4;

/// <summary>What e2fsck looks at first: state, and the counts of free blocks and inodes (Documentation/filesystems/ext4/super.rst).</summary>
/// <param name="HasErrors">True when the kernel noted errors.</param>
/// <param name="NeedsRecovery">True when it was not unmounted cleanly.</param>
/// <param name="Faults">Counts that do not agree, in words.</param>
internal sealed record Ext4Audit(bool HasErrors, bool NeedsRecovery, IReadOnlyList<string> Faults)
{
    private const int StateOffset = 0x3A, FreeBlocksOffset = 0xC, FreeInodesOffset = 0x10, FreeBlocksHighOffset = 0x158;
    private const int ErrorState = 2;
    private const int MaxFaults = 10;

    /// <summary>Looks at a file system whose superblock and descriptors are sound.</summary>
    /// <exception cref="ImageException">They are not.</exception>
    public static Ext4Audit Make(RandomAccessSource source, CancellationToken cancellation)
    {
        Superblock superblock = Superblock.Read(source);
        Ext4Device device = new(source, superblock);
        Span<byte> bytes = stackalloc byte[Superblock.Size];
        source.ReadExactly(Superblock.Offset, bytes);
        bool recovery = superblock.Has(IncompatFeatures.Recover);
        List<string> faults = [];
        long freeClusters = 0, freeInodes = 0;
        GroupDescriptor[] groups = GroupDescriptors.Read(device, superblock.GroupCount, cancellation);
        byte[] bitmap = new byte[device.BlockSize];
        for (int number = 0; number < groups.Length && faults.Count < MaxFaults; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            GroupDescriptor group = groups[number];
            freeClusters += group.FreeClusters;
            freeInodes += group.FreeInodes;
            if (group.BlockBitmap == 0 || recovery)
                continue;
            device.CheckBlocks(group.BlockBitmap, 1, $"the block bitmap of group {number:N0}");
            device.ReadBlocks(group.BlockBitmap, bitmap);
            long blocks = Math.Min(superblock.BlocksPerGroup, superblock.BlockCount - superblock.GroupStart(number));
            long free = CountFree(bitmap, (int)Math.Min((blocks + superblock.ClusterRatio - 1) / superblock.ClusterRatio, bitmap.Length * 8L));
            if (free != group.FreeClusters)
                faults.Add($"group {number:N0} says that {group.FreeClusters:N0} clusters are free, and its bitmap has {free:N0}");
        }
        long storedBlocks = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FreeBlocksOffset..])
            | (superblock.Has(IncompatFeatures.SixtyFourBit) ? (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes[FreeBlocksHighOffset..]) << 32 : 0);
        uint storedInodes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FreeInodesOffset..]);
        // While mounted, Linux keeps these two in memory.
        if (!recovery && faults.Count == 0 && storedBlocks != freeClusters * superblock.ClusterRatio)
            faults.Add($"the superblock says that {storedBlocks:N0} blocks are free, and the groups have {freeClusters * superblock.ClusterRatio:N0}");
        if (!recovery && faults.Count == 0 && storedInodes != freeInodes)
            faults.Add($"the superblock says that {storedInodes:N0} inodes are free, and the groups have {freeInodes:N0}");
        return new((BinaryPrimitives.ReadUInt16LittleEndian(bytes[StateOffset..]) & ErrorState) != 0, recovery, faults);
    }

    private static long CountFree(ReadOnlySpan<byte> bitmap, int bits)
    {
        long used = 0;
        foreach (byte part in bitmap[..(bits / 8)])
            used += BitOperations.PopCount(part);
        if (bits % 8 != 0)
            used += BitOperations.PopCount((uint)(bitmap[bits / 8] & ((1 << (bits % 8)) - 1)));
        return bits - used;
    }
}
