using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>All nodes of a tree.</summary>
internal static class TreeWalk
{
    /// <summary>
    /// Each node once, by the first of its names, directories before what is in them, in the order of names; no recursion, and
    /// no harm from a directory that is reachable twice.
    /// </summary>
    public static IEnumerable<Entry> Nodes(DirectoryNode root)
    {
        HashSet<TreeNode> seen = new(ReferenceEqualityComparer.Instance);
        Stack<Entry> pending = new();
        pending.Push(new Entry(root, default, null));
        while (pending.TryPop(out Entry? entry))
        {
            if (!seen.Add(entry.Node))
                continue;
            yield return entry;
            if (entry.Node is DirectoryNode folder)
            {
                foreach ((FileName name, TreeNode node) in folder.Children.Reverse())
                    pending.Push(new Entry(node, name, entry));
            }
        }
    }

    /// <summary>A node with the way to it.</summary>
    internal sealed class Entry(TreeNode node, FileName name, Entry? parent)
    {
        /// <summary>The longest path that Linux takes, in bytes (PATH_MAX less the zero).</summary>
        public const int MaxPathLength = 4095;

        /// <summary>The node.</summary>
        public TreeNode Node { get; } = node;

        /// <summary>Length of <see cref="RelativePath"/> in bytes.</summary>
        public long PathLength { get; } = parent is null ? 1 : parent.IsRoot ? name.Bytes.Length : parent.PathLength + 1 + name.Bytes.Length;

        private FileName Name { get; } = name;

        private Entry? Parent { get; } = parent;

        private bool IsRoot => Parent is null;

        /// <summary>The path as bytes, without a slash at the start; a dot for the root. For nodes of a path that Linux takes.</summary>
        public byte[] RelativePath()
        {
            if (IsRoot)
                return [(byte)'.'];
            byte[] path = new byte[PathLength];
            path.AsSpan().Fill((byte)'/');
            int end = path.Length;
            for (Entry entry = this; entry.Parent is { } above; entry = above)
            {
                ReadOnlySpan<byte> bytes = entry.Name.Bytes;
                bytes.CopyTo(path.AsSpan(end - bytes.Length));
                end -= bytes.Length + 1;
            }
            return path;
        }

        /// <summary>The path for people; of one that Linux does not take, the last name.</summary>
        public string Path() => IsRoot ? "/" : PathLength > MaxPathLength ? $"/…/{Name}" : $"/{new FileName(RelativePath())}";
    }
}
