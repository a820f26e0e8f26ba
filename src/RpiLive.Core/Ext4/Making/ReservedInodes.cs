using System.Buffers.Binary;

namespace RpiLive.Core.Ext4.Making;

/// <summary>The journal and the resize inode, which lie outside the tree, and their blocks.</summary>
internal sealed class ReservedInodes
{
    public const uint Resize = 7;
    public const uint Journal = 8;
    private const int DoubleIndirect = 13;
    private const int DirectBlocks = 12;
    private const uint JournalTypeV2 = 4;

    private readonly Ext4Layout _layout;
    private readonly FileBlocks _journal;

    /// <summary>The block that lists the reserved descriptor blocks; 0 without a resize inode.</summary>
    private readonly long _resizeBlock;

    /// <summary>Takes their blocks; even the smallest file system has them.</summary>
    public ReservedInodes(Ext4Layout layout, BlockAllocator blocks)
    {
        _layout = layout;
        _journal = FileBlocks.TryTake(blocks, [new BlockRange(0, layout.JournalBlocks)])
            ?? throw new InvalidOperationException("The journal does not fit.");
        if (layout.HasResizeInode)
            _resizeBlock = blocks.Take();
    }

    /// <summary>Writes the blocks and makes the inodes.</summary>
    /// <param name="options">The journal has the UUID of the file system.</param>
    /// <param name="maker">Makes the inodes.</param>
    /// <param name="target">Takes the blocks.</param>
    /// <param name="table">The start of the inode table.</param>
    /// <returns>The fields of the superblock that save the way to the journal: i_block and the size.</returns>
    public byte[] Write(Ext4Options options, InodeMaker maker, BlockTarget target, Span<byte> table)
    {
        Span<byte> journal = InodeOf(table, Journal);
        Span<byte> area = journal.Slice(Inode.BlockAreaOffset, Inode.BlockAreaSize);
        ExtentTreeMaker.Write(_journal, area, maker.ChecksumSeedOf(Journal), target);
        long size = (long)_layout.JournalBlocks * Ext4Layout.BlockSize;
        byte[] saved = new byte[Inode.BlockAreaSize + (2 * sizeof(uint))];
        area.CopyTo(saved);
        BinaryPrimitives.WriteUInt32LittleEndian(saved.AsSpan(Inode.BlockAreaSize + sizeof(uint)), (uint)size);
        maker.MakeSpecial(Journal, size, _journal.Count, InodeFlags.Extents, journal);
        WriteJournalSuperblock(options.Id, target);
        if (_layout.HasResizeInode)
            WriteResizeInode(maker, target, InodeOf(table, Resize));
        return saved;
    }

    private static Span<byte> InodeOf(Span<byte> table, uint number) => table.Slice((int)(number - 1) * Ext4Layout.InodeSize, Ext4Layout.InodeSize);

    /// <summary>An empty journal (Documentation/filesystems/ext4/journal.rst). Linux adds its features when it mounts.</summary>
    private void WriteJournalSuperblock(Guid id, BlockTarget target)
    {
        Span<byte> bytes = new byte[JournalSuperblock.Size];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, JournalLog.Magic);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], JournalTypeV2);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[0xC..], Ext4Layout.BlockSize);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[0x10..], (uint)_layout.JournalBlocks);
        // The log starts at block 1 with transaction 1, and has one user, the file system.
        BinaryPrimitives.WriteUInt32BigEndian(bytes[0x14..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[0x18..], 1);
        id.TryWriteBytes(bytes[0x30..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[0x40..], 1);
        target.Write(_journal.Runs[0].Physical, bytes);
    }

    /// <summary>
    /// A file whose indirect blocks are the blocks reserved after the descriptors, each with the numbers of its copies in the
    /// backup groups (e2fsprogs, lib/ext2fs/res_gdt.c).
    /// </summary>
    private void WriteResizeInode(InodeMaker maker, BlockTarget target, Span<byte> inode)
    {
        byte[] list = new byte[Ext4Layout.BlockSize];
        byte[] copies = new byte[Ext4Layout.BlockSize];
        int[] groups = [.. _layout.BackupGroups()];
        for (int i = 0; i < _layout.ReservedDescriptorBlocks; i++)
        {
            uint block = (uint)(1 + _layout.DescriptorBlocks + i);
            int slot = (_layout.DescriptorBlocks + i) % Ext4Layout.AddressesPerBlock;
            BinaryPrimitives.WriteUInt32LittleEndian(list.AsSpan(slot * sizeof(uint)), block);
            for (int copy = 0; copy < groups.Length; copy++)
                BinaryPrimitives.WriteUInt32LittleEndian(copies.AsSpan(copy * sizeof(uint)), (uint)Ext4Layout.GroupStart(groups[copy]) + block);
            target.Write(block, copies);
        }
        target.Write(_resizeBlock, list);
        BinaryPrimitives.WriteUInt32LittleEndian(inode[(Inode.BlockAreaOffset + (DoubleIndirect * sizeof(uint)))..], (uint)_resizeBlock);
        long blocks = DirectBlocks + Ext4Layout.AddressesPerBlock + ((long)Ext4Layout.AddressesPerBlock * Ext4Layout.AddressesPerBlock);
        long used = 1 + (_layout.ReservedDescriptorBlocks * (1L + groups.Length));
        maker.MakeSpecial(Resize, blocks * Ext4Layout.BlockSize, used, 0, inode);
    }
}
