using RpiLive.Core.Tree;

namespace RpiLive.Core.Ext4.Making;

/// <summary>How an ext4 file system is made. The same options and tree give the same bytes.</summary>
public sealed record Ext4Options
{
    /// <summary>The UUID, its text form as blkid prints it.</summary>
    public required Guid Id { get; init; }

    /// <summary>The secret with which names in large directories are hashed.</summary>
    public required Guid HashSeed { get; init; }

    /// <summary>
    /// When the file system was made: the time of its superblock and of all inodes that are not in the tree, and the birth of
    /// those that are. From 1970 to 2446.
    /// </summary>
    public required Timestamp Timestamp { get; init; }

    /// <summary>The volume label: at most 16 bytes of UTF-8 without a zero; empty for none.</summary>
    public string Label { get; init; } = "";

    /// <summary>
    /// Bytes of the file system for each inode, 4,096 to 67,108,864; null for what mke2fs takes: 4,096 below 512 MiB, 16,384 below
    /// 4 TiB, 32,768 below 16 TiB, else 65,536.
    /// </summary>
    public int? BytesPerInode { get; init; }

    /// <summary>Percentage of the blocks that only root may use, 0 to 50; mke2fs takes 5.</summary>
    public int ReservedPercent { get; init; } = 5;
}
