namespace RpiLive.Core.SquashFs;

/// <summary>What a written SquashFS image consists of.</summary>
public sealed record SquashFsSummary
{
    /// <summary>Bytes of the file system, as the superblock says.</summary>
    public required long BytesUsed { get; init; }

    /// <summary>Bytes written: <see cref="BytesUsed"/> and zeros up to a multiple of 4 KiB.</summary>
    public required long TotalLength { get; init; }

    /// <summary>Inodes of all kinds; a hard link is no inode of its own.</summary>
    public required int InodeCount { get; init; }

    /// <summary>Regular files, hard links counted once.</summary>
    public required int FileCount { get; init; }

    /// <summary>Bytes of all regular files before compression, hard links counted once.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Files whose content was found in another file and so not stored again.</summary>
    public required int DuplicateCount { get; init; }

    /// <summary>Bytes of those files.</summary>
    public required long DuplicateBytes { get; init; }

    /// <summary>Bytes in blocks that are all zero and so not stored.</summary>
    public required long SparseBytes { get; init; }

    /// <summary>Blocks that hold files smaller than a block ("fragments" in SquashFS).</summary>
    public required int FragmentCount { get; init; }

    /// <summary>Distinct users and groups.</summary>
    public required int IdCount { get; init; }

    /// <summary>Distinct sets of extended attributes.</summary>
    public required int XattrSetCount { get; init; }

    /// <summary>Inodes whose time lies outside 1970 to 2106 and was moved to the nearer end.</summary>
    public required int ClampedTimeCount { get; init; }
}
