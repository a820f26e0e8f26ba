namespace RpiLive.Core.Ext4.Making;

/// <summary>What a new ext4 file system consists of.</summary>
public sealed record Ext4Summary
{
    /// <summary>
    /// Bytes of the file system. Less than asked for where the last piece is no whole block, or too small for a block group.
    /// </summary>
    public required long Length { get; init; }

    /// <summary>Blocks of 4,096 bytes.</summary>
    public required long BlockCount { get; init; }

    /// <summary>Blocks that hold nothing.</summary>
    public required long FreeBlocks { get; init; }

    /// <summary>Inodes, in use or not.</summary>
    public required long InodeCount { get; init; }

    /// <summary>Inodes that are not in use.</summary>
    public required long FreeInodes { get; init; }
}
