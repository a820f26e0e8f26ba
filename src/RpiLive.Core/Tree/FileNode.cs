namespace RpiLive.Core.Tree;

/// <summary>A regular file.</summary>
public sealed class FileNode(FileContent content) : TreeNode
{
    /// <summary>The bytes of the file.</summary>
    public FileContent Content { get; set; } = content;
}
