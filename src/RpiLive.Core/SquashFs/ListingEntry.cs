using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>One name of a directory as read.</summary>
/// <param name="Name">The name.</param>
/// <param name="Reference">Where the inode lies.</param>
/// <param name="Number">Number that the inode must have.</param>
/// <param name="Type">Type that the inode must have.</param>
internal readonly record struct ListingEntry(FileName Name, ulong Reference, long Number, InodeType Type)
{
    /// <summary>Throws unless the inode is the one that the entry speaks of.</summary>
    public void Check(InodeHeader inode, BlockReader blocks)
    {
        if (inode.Type != Type || inode.Number != Number)
            throw blocks.Corrupt($"the directory entry {Name} says inode {Number:N0} of type {(int)Type}, but leads to inode {inode.Number:N0} of type {(int)inode.Type}");
    }
}
