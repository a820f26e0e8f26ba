using RpiLive.Core.Tree;

namespace RpiLive.Core.SquashFs;

/// <summary>What the writer knows of one inode.</summary>
internal sealed class InodeRecord(TreeNode node, InodeRecord? parent)
{
    public TreeNode Node { get; } = node;

    /// <summary>The directory through which the inode was first met; null for the root.</summary>
    public InodeRecord? Parent { get; } = parent;

    /// <summary>Number, from 1.</summary>
    public uint Number { get; set; }

    /// <summary>Names that lead here; for a directory as Linux counts them: 2 and one more a subdirectory.</summary>
    public uint Links { get; set; } = 1;

    public ushort UserIndex { get; init; }

    public ushort GroupIndex { get; init; }

    /// <summary>The set of extended attributes.</summary>
    public uint Xattr { get; init; } = SquashFsFormat.NoXattr;

    /// <summary>The content; of regular files only.</summary>
    public FileLayout? Layout { get; set; }

    /// <summary>Where the inode lies: start of its metadata block in the inode table, times 65,536, and offset in the block.</summary>
    public ulong Reference { get; set; }
}
