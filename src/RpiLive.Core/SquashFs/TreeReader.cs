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
        foreach (ListingEntry entry in ListingReader.Entries(blocks, listing))
            Add(directory, entry);
    }

    private void Add(InodeHeader directory, ListingEntry entry)
    {
        if (--_entriesLeft < 0)
            throw blocks.Corrupt("the directories have more entries than an image of this size can hold");
        InodeHeader inode = Inode(entry.Reference, out bool isNew);
        entry.Check(inode, blocks);
        if (inode.Listing is not null)
        {
            if (!isNew || inode.Listing.ParentNumber != directory.Number)
                throw blocks.Corrupt($"the directory {entry.Name} lies in more than one directory or does not know its parent");
            _pending.Push(inode);
        }
        ((DirectoryNode)directory.Node).Children.Add(entry.Name, inode.Node);
    }
}
