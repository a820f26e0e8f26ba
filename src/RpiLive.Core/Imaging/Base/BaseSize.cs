using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Base;

/// <summary>How large a file system must be.</summary>
internal static class BaseSize
{
    /// <summary>Bytes of a file system of 512 MiB and more for each inode, by default.</summary>
    private const long BytesPerInode = 16384;

    private const long BlockSize = 4096, Journal = 64 << 20, SpareInodes = 1024;

    /// <summary>
    /// Bytes that an ext4 file system with this content needs: blocks of files and directories, a sixteenth for inode tables, a twentieth
    /// reserved, and the journal; or as many as have an inode for each file, where those are small.
    /// </summary>
    public static long Of(DirectoryNode root)
    {
        HashSet<TreeNode> seen = [];
        long blocks = Blocks(root, seen) * BlockSize;
        return Math.Max(blocks + blocks / 8 + blocks / 20, (seen.Count + SpareInodes) * BytesPerInode) + Journal;
    }

    private static long Blocks(DirectoryNode folder, HashSet<TreeNode> seen)
    {
        seen.Add(folder);
        long blocks = 1 + folder.Children.Count / 40;
        foreach (TreeNode node in folder.Children.Values)
        {
            if (node is DirectoryNode child)
                blocks += Blocks(child, seen);
            else if (seen.Add(node) && node is FileNode file)
                blocks += (file.Content.Length + BlockSize - 1) / BlockSize;
        }
        return blocks;
    }
}
