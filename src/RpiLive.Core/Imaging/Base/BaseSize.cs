using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Base;

/// <summary>How large a file system must be.</summary>
internal static class BaseSize
{
    private const long BlockSize = 4096, Journal = 64 << 20;

    /// <summary>
    /// Bytes that an ext4 file system with this content needs: blocks of files and directories, a sixteenth for inode tables, a twentieth
    /// reserved, and the journal.
    /// </summary>
    public static long Of(DirectoryNode root)
    {
        long blocks = Blocks(root, []) * BlockSize;
        return blocks + blocks / 8 + blocks / 20 + Journal;
    }

    private static long Blocks(DirectoryNode folder, HashSet<TreeNode> seen)
    {
        long blocks = 1 + folder.Children.Count / 40;
        foreach (TreeNode node in folder.Children.Values)
        {
            if (node is DirectoryNode child)
                blocks += Blocks(child, seen);
            else if (node is FileNode file && seen.Add(file))
                blocks += (file.Content.Length + BlockSize - 1) / BlockSize;
        }
        return blocks;
    }
}
