namespace RpiLive.Core.Tree;

/// <summary>A symbolic link.</summary>
public sealed class SymlinkNode(byte[] target) : TreeNode
{
    /// <summary>Where it leads, as stored; 1 to 4,095 bytes.</summary>
    public byte[] Target { get; set; } = target;
}
