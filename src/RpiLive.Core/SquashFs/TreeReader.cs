using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>Reads all directories into a tree.</summary>
internal sealed class TreeReader(BlockReader blocks)
{
    private readonly InodeReader _inodes = new(blocks);
    private readonly Dictionary<ulong, InodeHeader> _byReference = [];
    private readonly HashSet<uint> _numbers = [];
    private readonly Stack<InodeHeader> _pending = new();

    /// <summary>
    /// Entries that may still come. Real entries take more than a byte each; without a bound a small image could list the
    /// same inodes over and over.
    /// </summary>
    private long _entriesLeft = (1 << 16) + (long)blocks.Superblock.BytesUsed;

    public DirectoryNode Read(CancellationToken cancellation)
    {
        InodeHeader root = Inode(blocks.Superblock.RootInode, out _);
        if (root.Listing is null)
            throw blocks.Corrupt("the root inode is no directory");
        _pending.Push(root);
        while (_pending.TryPop(out InodeHeader? directory))
        {
            cancellation.ThrowIfCancellationRequested();
            ReadListing(directory, directory.Listing!);
        }
        return (DirectoryNode)root.Node;
    }

    private InodeHeader Inode(ulong reference, out bool isNew)
    {
        isNew = !_byReference.TryGetValue(reference, out InodeHeader? inode);
        if (inode is not null)
            return inode;
        inode = _inodes.Read(reference);
        if (!_numbers.Add(inode.Number))
            throw blocks.Corrupt($"two inodes have the number {inode.Number:N0}");
        _byReference.Add(reference, inode);
        return inode;
    }

    private void ReadListing(InodeHeader directory, ListingPlace listing)
    {
        if (listing.Length == 0)
            return;
        MetadataCursor cursor = new(blocks, blocks.Superblock.DirectoryTable, blocks.Superblock.BytesUsed, listing.Reference);
        FileName last = default;
        for (long left = listing.Length; left > 0;)
        {
            uint count = cursor.ReadUInt32();
            uint block = cursor.ReadUInt32();
            uint number = cursor.ReadUInt32();
            left -= 12;
            if (count >= SquashFsFormat.MaxHeaderEntries)
                throw blocks.Corrupt($"a directory header announces {count + 1L:N0} entries; 1 to 256 are possible");
            for (uint i = 0; i <= count; i++)
                last = ReadEntry(cursor, directory, last, block, number, ref left);
        }
    }

    private FileName ReadEntry(MetadataCursor cursor, InodeHeader directory, FileName last, uint block, uint number, ref long left)
    {
        ushort offset = cursor.ReadUInt16();
        short delta = (short)cursor.ReadUInt16();
        InodeType type = (InodeType)cursor.ReadUInt16();
        int length = cursor.ReadUInt16() + 1;
        left -= 8 + length;
        Span<byte> bytes = stackalloc byte[FileName.MaxLength];
        if (length > bytes.Length || left < 0)
            throw blocks.Corrupt($"a name of {length:N0} bytes runs past the end of its directory, or is too long");
        cursor.Read(bytes[..length]);
        FileName name = new(bytes[..length]);
        if (!name.IsValid)
            throw blocks.Corrupt($"a directory has a name that Linux forbids: {Convert.ToHexString(bytes[..length])}");
        if (name <= last)
            throw blocks.Corrupt($"the names of a directory are not in order: {last}, {name}");
        if (--_entriesLeft < 0)
            throw blocks.Corrupt("the directories have more entries than an image of this size can hold");

        InodeHeader inode = Inode(((ulong)block << 16) | offset, out bool isNew);
        if (inode.Type != type || inode.Number != number + delta)
            throw blocks.Corrupt($"the directory entry {name} says inode {number + delta:N0} of type {(int)type}, but leads to inode {inode.Number:N0} of type {(int)inode.Type}");
        if (inode.Listing is not null)
        {
            if (!isNew || inode.Listing.ParentNumber != directory.Number)
                throw blocks.Corrupt($"the directory {name} lies in more than one directory or does not know its parent");
            _pending.Push(inode);
        }
        ((DirectoryNode)directory.Node).Children.Add(name, inode.Node);
        return name;
    }
}
