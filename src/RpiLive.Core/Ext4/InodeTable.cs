using RpiLive.Core.Errors;

namespace RpiLive.Core.Ext4;

/// <summary>
/// Inodes by number. Reads the inode tables in large pieces and keeps the last ones, so that asking in rising order costs
/// one read a piece. For one thread at a time.
/// </summary>
internal sealed class InodeTable(Ext4Device device, GroupDescriptor[] groups, FastCommit? fastCommit)
{
    private const int PieceSize = 256 << 10;
    private const int MaxPieces = 256;

    private readonly Dictionary<(uint Group, int Piece), LinkedListNode<Piece>> _pieces = [];
    private readonly LinkedList<Piece> _recent = [];

    /// <summary>Reads an inode that must be in use.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="user">What refers to it, for the error.</param>
    public Inode Read(uint number, string user)
    {
        Inode inode = fastCommit?.FindInode(number) ?? new Inode(device, number, ReadRaw(number, user));
        if (inode.LinkCount == 0 || inode.Mode == 0)
            throw device.Corrupt($"{user} refers to inode {number:N0}, which is free or deleted");
        return inode;
    }

    /// <summary>An inode as it stands on disk; null for one that is free or damaged.</summary>
    public Inode? Find(uint number)
    {
        byte[] raw = ReadRaw(number, "the inode table");
        try
        {
            Inode inode = new(device, number, raw, verify: false);
            return inode.LinkCount == 0 || inode.Mode == 0 ? null : inode;
        }
        catch (ImageException)
        {
            return null;
        }
    }

    /// <summary>Copies the bytes of an inode, even of one that its group calls never used: a fast commit may be about to use it.</summary>
    public byte[] ReadRawAnywhere(uint number)
    {
        Superblock superblock = device.Superblock;
        byte[] raw = new byte[superblock.InodeSize];
        GroupDescriptor group = groups[(number - 1) / superblock.InodesPerGroup];
        long index = (number - 1) % superblock.InodesPerGroup;
        device.Source.ReadExactly((group.InodeTable * device.BlockSize) + (index * superblock.InodeSize), raw);
        return raw;
    }

    private byte[] ReadRaw(uint number, string user)
    {
        Superblock superblock = device.Superblock;
        if (number == 0 || number > superblock.InodeCount)
            throw device.Corrupt($"{user} refers to inode {number:N0} of {superblock.InodeCount:N0}");
        uint group = (number - 1) / superblock.InodesPerGroup;
        uint index = (number - 1) % superblock.InodesPerGroup;
        if (group >= groups.Length || index >= groups[group].UsedInodes)
            throw device.Corrupt($"{user} refers to inode {number:N0}, which group {group:N0} says was never used");
        long offset = (long)index * superblock.InodeSize;
        byte[] piece = PieceOf(group, (int)(offset / PieceSize));
        return piece.AsSpan((int)(offset % PieceSize), superblock.InodeSize).ToArray();
    }

    private byte[] PieceOf(uint group, int index)
    {
        if (_pieces.TryGetValue((group, index), out LinkedListNode<Piece>? node))
        {
            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Bytes;
        }
        long start = (long)index * PieceSize;
        long used = (long)groups[group].UsedInodes * device.Superblock.InodeSize;
        byte[] bytes = new byte[Math.Min(PieceSize, used - start)];
        device.Source.ReadExactly((groups[group].InodeTable * device.BlockSize) + start, bytes);
        if (_pieces.Count == MaxPieces)
        {
            Piece oldest = _recent.Last!.Value;
            _recent.RemoveLast();
            _pieces.Remove((oldest.Group, oldest.Index));
        }
        _pieces.Add((group, index), _recent.AddFirst(new Piece(group, index, bytes)));
        return bytes;
    }

    private readonly record struct Piece(uint Group, int Index, byte[] Bytes);
}
