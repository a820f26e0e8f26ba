using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4.Making;

/// <summary>An inode that has its number and, once it is placed, its blocks.</summary>
/// <param name="node">What it is.</param>
/// <param name="number">Its number.</param>
/// <param name="parent">The directory with its first name; null for the root.</param>
/// <param name="name">Its first name.</param>
internal sealed class PlannedInode(TreeNode node, uint number, PlannedInode? parent, FileName name)
{
    public TreeNode Node => node;

    public uint Number => number;

    public PlannedInode? Parent => parent;

    /// <summary>Names of it, with those that directories have by <c>.</c> and <c>..</c>.</summary>
    public int Links { get; set; } = 1;

    /// <summary>Where its content lies.</summary>
    public FileBlocks Blocks { get; set; } = FileBlocks.None;

    /// <summary>The block of extended attributes that do not fit into the inode; 0 for none.</summary>
    public long XattrBlock { get; set; }

    /// <summary>True for a directory with an index.</summary>
    public bool IsHashed { get; set; }

    /// <summary>Its first name from the root on.</summary>
    public string Path => parent is null ? "/" : parent.Parent is null ? $"/{name}" : $"{parent.Path}/{name}";
}
