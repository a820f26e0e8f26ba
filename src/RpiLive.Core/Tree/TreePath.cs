using System.Text;

namespace RpiLive.Core.Tree;

/// <summary>Finding nodes by path inside a tree, as a Linux system started in it would.</summary>
public static class TreePath
{
    /// <summary>The most symbolic links followed for one path, as Linux does.</summary>
    private const int MaxLinks = 40;

    /// <summary>The node at <paramref name="path"/>, symbolic links followed within the tree; null where nothing is.</summary>
    /// <param name="root">The root directory.</param>
    /// <param name="path">Slash-separated; taken from the root whether it starts with a slash or not.</param>
    /// <param name="followLast">False to get a symbolic link itself where the last part is one.</param>
    public static TreeNode? Find(DirectoryNode root, string path, bool followLast = true) => Locate(root, path, followLast)?.Node;

    /// <summary>The directory at <paramref name="path"/>, or null.</summary>
    public static DirectoryNode? FindDirectory(DirectoryNode root, string path) => Find(root, path) as DirectoryNode;

    /// <summary>The regular file at <paramref name="path"/>, or null.</summary>
    public static FileNode? FindFile(DirectoryNode root, string path) => Find(root, path) as FileNode;

    /// <summary>The path at which <paramref name="path"/> really lies, all symbolic links resolved; null where nothing is.</summary>
    public static string? Resolve(DirectoryNode root, string path) => Locate(root, path, followLast: true)?.Path;

    private static (TreeNode Node, string Path)? Locate(DirectoryNode root, string path, bool followLast) =>
        Locate(root, path, followLast, static (directory, name) => directory.Children.GetValueOrDefault(name));

    /// <summary>The node at a path and the path at which it really lies, in a tree whose directories are read when they are asked.</summary>
    /// <param name="root">The root directory.</param>
    /// <param name="path">Slash-separated; taken from the root whether it starts with a slash or not.</param>
    /// <param name="followLast">False to get a symbolic link itself where the last part is one.</param>
    /// <param name="child">What a directory has under a name; null for nothing.</param>
    internal static (TreeNode Node, string Path)? Locate(
        DirectoryNode root, string path, bool followLast, Func<DirectoryNode, FileName, TreeNode?> child)
    {
        Stack<string> pending = new();
        Push(pending, path);
        List<(DirectoryNode Directory, string Name)> trail = [];
        TreeNode current = root;
        int links = 0;
        while (pending.TryPop(out string? part))
        {
            if (part is ".")
                continue;
            if (part is "..")
            {
                if (trail.Count > 0)
                {
                    current = trail[^1].Directory;
                    trail.RemoveAt(trail.Count - 1);
                }
                continue;
            }
            if (current is not DirectoryNode directory || child(directory, part) is not { } next)
                return null;
            if (next is SymlinkNode link && (followLast || pending.Count > 0))
            {
                if (++links > MaxLinks)
                    return null;
                string target = Encoding.UTF8.GetString(link.Target);
                if (target.StartsWith('/'))
                {
                    trail.Clear();
                    current = root;
                }
                Push(pending, target);
                continue;
            }
            trail.Add((directory, part));
            current = next;
        }
        return (current, "/" + string.Join('/', trail.Select(step => step.Name)));
    }

    private static void Push(Stack<string> pending, string path)
    {
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            pending.Push(part);
    }
}
