using System.Buffers.Binary;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4.Making;

/// <summary>Makes the bytes of inodes (Documentation/filesystems/ext4/inodes.rst).</summary>
internal sealed class InodeMaker(uint checksumSeed, Timestamp birth, BlockTarget target)
{
    private const int SectorsPerBlock = Ext4Layout.BlockSize / 512;
    private const int XattrOffset = Inode.GoodOldSize + PackedXattrs.ExtraSize;
    private const long MinSeconds = int.MinValue;
    private const int OwnerReadWrite = 0x180;

    /// <summary>The latest second that an inode can hold (the year 2446).</summary>
    public const long MaxSeconds = int.MaxValue + (3L << 32);

    /// <summary>Where the checksums of an inode's own blocks start; no inode made here has a generation.</summary>
    public uint ChecksumSeedOf(uint number) => Crc32C.Update(Crc32C.Update(checksumSeed, number), 0);

    /// <summary>Makes an inode of the tree, and writes the nodes of its extent tree.</summary>
    /// <param name="inode">The inode.</param>
    /// <param name="xattrs">Its attributes.</param>
    /// <param name="bytes">Where it goes: 256 zeros.</param>
    public void Make(PlannedInode inode, PackedXattrs xattrs, Span<byte> bytes)
    {
        TreeNode node = inode.Node;
        InodeFlags flags = inode.IsHashed ? InodeFlags.HashedDirectory : 0;
        Span<byte> area = bytes.Slice(Inode.BlockAreaOffset, Inode.BlockAreaSize);
        if (node is SymlinkNode { Target.Length: <= TreePlan.MaxFastLinkLength } link)
        {
            link.Target.CopyTo(area);
        }
        else if (node is SpecialNode special)
        {
            WriteDevice(special, area);
        }
        else
        {
            flags |= InodeFlags.Extents;
            ExtentTreeMaker.Write(inode.Blocks, area, ChecksumSeedOf(inode.Number), target);
        }
        xattrs.WriteInInode(bytes[XattrOffset..]);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], (ushort)node.UserId);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[0x18..], (ushort)node.GroupId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[0x68..], (uint)inode.XattrBlock);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[0x76..], (ushort)(inode.XattrBlock >> 32));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[0x78..], (ushort)(node.UserId >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[0x7A..], (ushort)(node.GroupId >> 16));
        long blocks = inode.Blocks.Count + (inode.XattrBlock != 0 ? 1 : 0);
        Finish(inode.Number, (int)KindOf(node) | node.Permissions, TreePlan.StoredLinks(inode), SizeOf(inode), blocks, flags, node.ModifiedTime, bytes);
    }

    /// <summary>Makes an inode outside the tree.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="blocks">Its blocks, all of them.</param>
    /// <param name="flags">Extents or nothing.</param>
    /// <param name="bytes">Where it goes; i_block is filled, the rest zeros.</param>
    public void MakeSpecial(uint number, long size, long blocks, InodeFlags flags, Span<byte> bytes) =>
        Finish(number, (int)InodeKind.File | OwnerReadWrite, links: 1, size, blocks, flags, birth, bytes);

    private static InodeKind KindOf(TreeNode node) => node switch
    {
        DirectoryNode => InodeKind.Directory,
        SymlinkNode => InodeKind.Symlink,
        SpecialNode { Kind: SpecialKind.CharacterDevice } => InodeKind.CharacterDevice,
        SpecialNode { Kind: SpecialKind.BlockDevice } => InodeKind.BlockDevice,
        SpecialNode { Kind: SpecialKind.Fifo } => InodeKind.Fifo,
        SpecialNode => InodeKind.Socket,
        _ => InodeKind.File,
    };

    private static long SizeOf(PlannedInode inode) => inode.Node switch
    {
        FileNode file => file.Content.Length,
        SymlinkNode link => link.Target.Length,
        DirectoryNode => inode.Blocks.Runs[^1].End * Ext4Layout.BlockSize,
        _ => 0,
    };

    /// <summary>The old form where the numbers fit in bytes, else the new one, as Linux does.</summary>
    private static void WriteDevice(SpecialNode node, Span<byte> area)
    {
        if (node.Kind is not (SpecialKind.CharacterDevice or SpecialKind.BlockDevice))
            return;
        if (node is { Major: <= byte.MaxValue, Minor: <= byte.MaxValue })
            BinaryPrimitives.WriteUInt32LittleEndian(area, (node.Major << 8) | node.Minor);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(area[4..], (node.Minor & 0xFF) | (node.Major << 8) | ((node.Minor & ~0xFFu) << 12));
    }

    private void Finish(
        uint number, int mode, ushort links, long size, long blocks, InodeFlags flags, Timestamp time, Span<byte> bytes)
    {
        long sectors = blocks * SectorsPerBlock;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)mode);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], (uint)size);
        WriteTime(time, bytes, 0x8, 0x8C);
        WriteTime(time, bytes, 0xC, 0x84);
        WriteTime(time, bytes, 0x10, 0x88);
        WriteTime(birth, bytes, 0x90, 0x94);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[0x1A..], links);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[0x1C..], (uint)sectors);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[0x20..], (uint)flags);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[0x6C..], (uint)(size >> 32));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[0x74..], (ushort)(sectors >> 32));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[0x80..], PackedXattrs.ExtraSize);
        uint checksum = Crc32C.Update(ChecksumSeedOf(number), bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[Inode.ChecksumLowOffset..], (ushort)checksum);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[Inode.ChecksumHighOffset..], (ushort)(checksum >> 16));
    }

    /// <summary>Seconds in 32 bits with two more beside the nanoseconds; times that do not fit become the nearest that does.</summary>
    private static void WriteTime(Timestamp time, Span<byte> bytes, int offset, int extraOffset)
    {
        long seconds = Math.Clamp(time.Seconds, MinSeconds, MaxSeconds);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], (uint)seconds);
        uint epoch = (uint)((seconds - (int)seconds) >> 32);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[extraOffset..], (time.Nanoseconds << 2) | epoch);
    }
}
