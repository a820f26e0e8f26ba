namespace RpiLive.Core.Ext4.Making;

/// <summary>Blocks next to each other on the disk.</summary>
/// <param name="Start">The first of them.</param>
/// <param name="Length">How many.</param>
internal readonly record struct BlockRange(long Start, long Length)
{
    /// <summary>The first block after the range.</summary>
    public long End => Start + Length;
}
