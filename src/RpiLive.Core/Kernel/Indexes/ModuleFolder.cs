using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Kernel.Indexes;

/// <summary>
/// Finds the modules below a module directory as depmod(8) does without configuration: symbolic links are followed,
/// <c>build</c> and <c>source</c> are not looked into, and of modules of one name that in <c>updates/</c> wins.
/// </summary>
internal static class ModuleFolder
{
    /// <summary>Debian's kernels have some 4,400 modules.</summary>
    private const int MaxModules = 1 << 16;

    private const int MaxPathLength = 1024;

    /// <summary>The modules, one for each name, in no meaningful order.</summary>
    /// <param name="root">The root of the file system.</param>
    /// <param name="folder">Absolute path of the module directory.</param>
    /// <exception cref="Errors.ImageException"><c>CorruptModule</c>: a path that the indexes cannot hold, or too many modules.</exception>
    public static IReadOnlyCollection<IndexedModule> Find(DirectoryNode root, string folder)
    {
        Dictionary<string, IndexedModule> modules = new(StringComparer.Ordinal);
        // A link may lead back up: each directory is looked into once.
        HashSet<DirectoryNode> visited = [];
        Stack<(TreeNode? Node, string Path)> pending = new([(TreePath.FindDirectory(root, folder), "")]);
        while (pending.TryPop(out (TreeNode? Node, string Path) item))
        {
            if (item.Node is not DirectoryNode directory || !visited.Add(directory))
                continue;
            foreach ((FileName fileName, TreeNode child) in directory.Children)
            {
                string name = fileName.ToString(), path = item.Path + name;
                if (name is "build" or "source")
                    continue;
                TreeNode? node = child is SymlinkNode ? TreePath.Find(root, $"{folder}/{path}") : child;
                if (node is DirectoryNode && path.Length < MaxPathLength)
                    pending.Push((node, path + "/"));
                else if (node is DirectoryNode)
                    throw ModuleError.Of(folder, $"has directories in paths of more than {MaxPathLength:N0} characters");
                else if (node is FileNode file && ModuleEntry.IsModule(name))
                    Add(modules, new IndexedModule(path, NameOf(folder, path), file.Content), folder);
            }
        }
        return modules.Values;
    }

    private static void Add(Dictionary<string, IndexedModule> modules, IndexedModule module, string folder)
    {
        if (!modules.TryGetValue(module.Name, out IndexedModule? other))
        {
            if (modules.Count == MaxModules)
                throw ModuleError.Of(folder, $"has more than {MaxModules:N0} modules");
            modules.Add(module.Name, module);
        }
        else if (Precedes(module, other))
            modules[module.Name] = module;
    }

    /// <summary>Between two of one rank depmod takes what its file system happens to list last; here it is the last by path.</summary>
    private static bool Precedes(IndexedModule module, IndexedModule other) => IsUpdate(module) == IsUpdate(other)
        ? string.CompareOrdinal(module.Path, other.Path) > 0
        : IsUpdate(module);

    private static bool IsUpdate(IndexedModule module) => module.Path.StartsWith("updates/", StringComparison.Ordinal);

    private static string NameOf(string folder, string path) =>
        ModuleEntry.NameOf(path) is { } name && !name.StartsWith('.') && Ascii.IsValid(path)
            ? name.Split('.')[0]
            : throw ModuleError.Of($"{folder}/{path}", "no list of modules can hold this path");
}
