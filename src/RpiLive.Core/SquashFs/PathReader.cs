using System.Runtime.CompilerServices;
using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>Finds single paths without reading the whole tree. Safe for several threads.</summary>
internal sealed class PathReader
{
    private readonly BlockReader _blocks;
    private readonly InodeReader _inodes;
    private readonly DirectoryNode _root;

    /// <summary>Where the listings of the directories handed out lie.</summary>
    private readonly ConditionalWeakTable<DirectoryNode, ListingPlace> _listings = [];

    public PathReader(BlockReader blocks)
    {
        _blocks = blocks;
        _inodes = new InodeReader(blocks);
        _root = Known(_inodes.Read(blocks.Superblock.RootInode)) as DirectoryNode ?? throw blocks.Corrupt("the root inode is no directory");
    }

    /// <summary>The node at a path, and the path at which it really lies; null where nothing is.</summary>
    public (TreeNode Node, string Path)? Locate(string path, bool followLast) => TreePath.Locate(_root, path, followLast, Child);

    /// <summary>The names of the directories in a directory, ordered; none where there is no directory of that path.</summary>
    public IEnumerable<string> SubdirectoriesOf(string path)
    {
        if (Locate(path, followLast: true)?.Node is not DirectoryNode directory || !_listings.TryGetValue(directory, out ListingPlace? listing))
            return [];
        return [.. ListingReader.Entries(_blocks, listing).Where(entry => entry.Type is InodeType.Directory or InodeType.ExtendedDirectory).Select(entry => entry.Name.ToString())];
    }

    private TreeNode? Child(DirectoryNode directory, FileName name)
    {
        if (!_listings.TryGetValue(directory, out ListingPlace? listing))
            return null;
        foreach (ListingEntry entry in ListingReader.Entries(_blocks, listing))
        {
            if (entry.Name < name)
                continue;
            if (entry.Name != name)
                break;
            InodeHeader inode = _inodes.Read(entry.Reference);
            entry.Check(inode, _blocks);
            return Known(inode);
        }
        return null;
    }

    private TreeNode Known(InodeHeader inode)
    {
        if (inode is { Node: DirectoryNode directory, Listing: { } listing })
            _listings.Add(directory, listing);
        return inode.Node;
    }
}
