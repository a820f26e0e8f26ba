using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Tests.Boot;

/// <summary>Makes trees for tests.</summary>
internal static class Trees
{
    /// <summary>Puts a file at a path, with its directories.</summary>
    public static DirectoryNode With(this DirectoryNode root, string path, byte[] content) => root.Put(path, new FileNode(new MemoryContent(content)));

    /// <summary>Puts a text file at a path.</summary>
    public static DirectoryNode With(this DirectoryNode root, string path, string content) => root.With(path, Encoding.UTF8.GetBytes(content));

    /// <summary>Puts a symbolic link at a path.</summary>
    public static DirectoryNode WithLink(this DirectoryNode root, string path, string target) =>
        root.Put(path, new SymlinkNode(Encoding.UTF8.GetBytes(target)));

    private static DirectoryNode Put(this DirectoryNode root, string path, TreeNode node)
    {
        DirectoryNode directory = root;
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (string part in parts[..^1])
        {
            if (!directory.Children.TryGetValue(part, out TreeNode? child))
                directory.Children.Add(part, child = new DirectoryNode());
            directory = (DirectoryNode)child;
        }
        directory.Children[parts[^1]] = node;
        return root;
    }
}
