using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace RpiLive.Core.Ext4.Making;

/// <summary>
/// Bitmaps and group descriptors (Documentation/filesystems/ext4/group_descr.rst). Groups that hold nothing get no bitmaps but
/// the mark that they have none, so that they cost nothing.
/// </summary>
internal sealed class GroupTable
{
    private readonly Ext4Layout _layout;
    private readonly uint _checksumSeed;
    private readonly BlockTarget _target;
    private readonly byte[] _bitmap = new byte[Ext4Layout.BlockSize];
    private int _nextFixed;

    public GroupTable(Ext4Layout layout, uint checksumSeed, BlockTarget target)
    {
        _layout = layout;
        _checksumSeed = checksumSeed;
        _target = target;
        Bytes = new byte[(long)layout.GroupCount * Ext4Layout.DescriptorSize];
    }

    /// <summary>The table of descriptors.</summary>
    public byte[] Bytes { get; }

    /// <summary>Writes the bitmaps and makes the descriptors.</summary>
    /// <param name="nextBlock">Blocks before this one are in use.</param>
    /// <param name="lastInode">Inodes up to this one are in use.</param>
    /// <param name="directories">Directories by group; groups after the last of them may be missing.</param>
    /// <param name="cancellation">Ends the writing.</param>
    public void Write(long nextBlock, uint lastInode, IReadOnlyList<int> directories, CancellationToken cancellation)
    {
        for (int group = 0; group < _layout.GroupCount; group++)
        {
            cancellation.ThrowIfCancellationRequested();
            int used = (int)Math.Clamp(lastInode - ((long)group * _layout.InodesPerGroup), 0, _layout.InodesPerGroup);
            Write(group, nextBlock, used, group < directories.Count ? directories[group] : 0);
        }
    }

    private static void SetBits(Span<byte> bitmap, long from, long to)
    {
        for (; from < to && from % 8 != 0; from++)
            bitmap[(int)(from / 8)] |= (byte)(1 << (int)(from % 8));
        if (from >= to)
            return;
        bitmap[(int)(from / 8)..(int)(to / 8)].Fill(0xFF);
        if (to % 8 != 0)
            bitmap[(int)(to / 8)] |= (byte)((1 << (int)(to % 8)) - 1);
    }

    private void Write(int group, long nextBlock, int usedInodes, int directories)
    {
        Span<byte> descriptor = Bytes.AsSpan(group * Ext4Layout.DescriptorSize, Ext4Layout.DescriptorSize);
        GroupFlags flags = GroupFlags.InodeTableZeroed;
        int usedBlocks = MarkBlocks(group, nextBlock);
        // The last group may be short of what its bitmap covers, and a bitmap can only be missing where no inode is in use.
        if (usedBlocks == _layout.BackupBlocks(group) && usedInodes == 0 && group != _layout.GroupCount - 1)
        {
            flags |= GroupFlags.BlocksUninitialised;
        }
        else
        {
            SetBits(_bitmap, _layout.BlocksOf(group), Ext4Layout.BlocksPerGroup);
            WriteBitmap(_layout.BlockBitmap(group), _bitmap.Length, descriptor, 0x18, 0x38);
        }
        if (usedInodes == 0)
        {
            flags |= GroupFlags.InodesUninitialised;
        }
        else
        {
            _bitmap.AsSpan().Clear();
            SetBits(_bitmap, 0, usedInodes);
            SetBits(_bitmap, _layout.InodesPerGroup, Ext4Layout.BlocksPerGroup);
            WriteBitmap(_layout.InodeBitmap(group), _layout.InodesPerGroup / 8, descriptor, 0x1A, 0x3A);
        }
        WriteHalves(descriptor, _layout.BlockBitmap(group), 0x0, 0x20);
        WriteHalves(descriptor, _layout.InodeBitmap(group), 0x4, 0x24);
        WriteHalves(descriptor, _layout.InodeTable(group), 0x8, 0x28);
        // None of the counts passes 32,768, so their high halves stay zero.
        ushort freeInodes = (ushort)(_layout.InodesPerGroup - usedInodes);
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[0xC..], (ushort)(_layout.BlocksOf(group) - usedBlocks));
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[0xE..], freeInodes);
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[0x10..], (ushort)directories);
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[0x12..], (ushort)flags);
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[0x1C..], freeInodes);
        uint checksum = Crc32C.Update(Crc32C.Update(_checksumSeed, (uint)group), descriptor);
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[GroupDescriptor.ChecksumOffset..], (ushort)checksum);
    }

    /// <summary>Fills the bitmap with the blocks in use; returns how many.</summary>
    private int MarkBlocks(int group, long nextBlock)
    {
        long start = Ext4Layout.GroupStart(group), end = start + _layout.BlocksOf(group);
        _bitmap.AsSpan().Clear();
        SetBits(_bitmap, 0, Math.Min(nextBlock, end) - start);
        for (; _nextFixed < _layout.Fixed.Count && _layout.Fixed[_nextFixed].Start < end; _nextFixed++)
        {
            BlockRange range = _layout.Fixed[_nextFixed];
            SetBits(_bitmap, Math.Max(range.Start, start) - start, Math.Min(range.End, end) - start);
            if (range.End > end)
                break;
        }
        int count = 0;
        foreach (ulong bits in MemoryMarshal.Cast<byte, ulong>(_bitmap))
            count += BitOperations.PopCount(bits);
        return count;
    }

    private void WriteBitmap(long block, int checkedLength, Span<byte> descriptor, int low, int high)
    {
        _target.Write(block, _bitmap);
        uint checksum = Crc32C.Update(_checksumSeed, _bitmap.AsSpan(0, checkedLength));
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[low..], (ushort)checksum);
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[high..], (ushort)(checksum >> 16));
    }

    private static void WriteHalves(Span<byte> descriptor, long block, int low, int high)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[low..], (uint)block);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[high..], (uint)(block >> 32));
    }
}
