namespace RpiLive.Core.Ext4;

/// <summary>Blocks of a file that lie next to each other in the file and on the disk, and have been written.</summary>
/// <param name="Logical">First block in the file.</param>
/// <param name="Length">Number of blocks, 1 or more.</param>
/// <param name="Physical">First block in the file system.</param>
internal readonly record struct BlockRun(long Logical, long Length, long Physical)
{
    /// <summary>The first block in the file after the run.</summary>
    public long End => Logical + Length;
}
