using System.Buffers;

namespace RpiLive.Core.Ext4;

/// <summary>The table of group descriptors, in one piece after the superblock or spread out (meta_bg).</summary>
internal static class GroupDescriptors
{
    /// <summary>Reads the first <paramref name="count"/> descriptors.</summary>
    public static GroupDescriptor[] Read(Ext4Device device, long count, CancellationToken cancellation)
    {
        Superblock superblock = device.Superblock;
        int perBlock = device.BlockSize / superblock.DescriptorSize;
        GroupDescriptor[] groups = new GroupDescriptor[count];
        byte[] block = ArrayPool<byte>.Shared.Rent(device.BlockSize);
        try
        {
            Span<byte> bytes = block.AsSpan(0, device.BlockSize);
            for (uint group = 0; group < count; group++)
            {
                int inBlock = (int)(group % perBlock);
                if (inBlock == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    long location = BlockOf(superblock, group / perBlock, perBlock);
                    device.CheckBlocks(location, 1, "the table of group descriptors");
                    device.ReadBlocks(location, bytes);
                }
                groups[group] = GroupDescriptor.Parse(device, bytes.Slice(inBlock * superblock.DescriptorSize, superblock.DescriptorSize), group);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
        return groups;
    }

    private static long BlockOf(Superblock superblock, long index, int perBlock)
    {
        // With 1 KiB blocks the superblock fills block 1, even where groups start at block 0 (bigalloc).
        int superblockBlock = superblock.BlockSize == Superblock.Offset ? 1 : 0;
        if (!superblock.Has(IncompatFeatures.MetaBlockGroups) || index < superblock.FirstMetaGroup)
            return superblockBlock + index + 1;
        long group = index * perBlock;
        int before = superblock.HasBackup(group) ? 1 : 0;
        if (superblockBlock == 1 && index == 0 && superblock.FirstDataBlock == 0)
            before++;
        return superblock.GroupStart(group) + before;
    }
}
