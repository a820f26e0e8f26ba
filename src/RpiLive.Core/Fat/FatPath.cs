using RpiLive.Core.Tree;

namespace RpiLive.Core.Fat;

/// <summary>Finding nodes in the tree of a FAT volume, where case does not count.</summary>
public static class FatPath
{
    /// <summary>The file at <paramref name="path"/>, or null.</summary>
    /// <param name="root">The root directory of the volume.</param>
    /// <param name="path">Slash-separated, from the root, such as <c>live/root.squashfs</c>.</param>
    public static FileNode? FindFile(DirectoryNode root, string path) => Find(root, path) as FileNode;

    /// <summary>The node at <paramref name="path"/>, or null; an exact match goes before one in other case.</summary>
    /// <param name="root">The root directory of the volume.</param>
    /// <param name="path">Slash-separated, from the root.</param>
    public static TreeNode? Find(DirectoryNode root, string path)
    {
        TreeNode? node = root;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (node is not DirectoryNode directory)
                return null;
            node = FindChild(directory, part)?.Node;
        }
        return node;
    }

    /// <summary>What <paramref name="name"/> means in <paramref name="directory"/>, with the name as it is stored; or null.</summary>
    public static (FileName Name, TreeNode Node)? FindChild(DirectoryNode directory, string name)
    {
        if (directory.Children.TryGetValue(name, out TreeNode? exact))
            return (name, exact);
        foreach ((FileName stored, TreeNode node) in directory.Children)
        {
            if (stored.ToString().Equals(name, StringComparison.OrdinalIgnoreCase))
                return (stored, node);
        }
        return null;
    }
}
