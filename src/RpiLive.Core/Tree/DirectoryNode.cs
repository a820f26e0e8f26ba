namespace RpiLive.Core.Tree;

/// <summary>A directory. The tree has no <c>.</c> and <c>..</c>, and a directory has one parent.</summary>
public sealed class DirectoryNode : TreeNode
{
    /// <summary>What lies in it, by name.</summary>
    public SortedDictionary<FileName, TreeNode> Children { get; } = [];
}
