using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging;

/// <summary>Sums over a tree.</summary>
internal static class TreeSize
{
    /// <summary>Bytes of all files, each inode counted once.</summary>
    public static long OfFiles(DirectoryNode root)
    {
        HashSet<FileNode> seen = new(ReferenceEqualityComparer.Instance);
        Stack<DirectoryNode> pending = new([root]);
        long total = 0;
        while (pending.TryPop(out DirectoryNode? directory))
        {
            foreach (TreeNode child in directory.Children.Values)
            {
                if (child is DirectoryNode subdirectory)
                    pending.Push(subdirectory);
                else if (child is FileNode file && seen.Add(file))
                    total += file.Content.Length;
            }
        }
        return total;
    }
}
