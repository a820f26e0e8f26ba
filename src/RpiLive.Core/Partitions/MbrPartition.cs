namespace RpiLive.Core.Partitions;

/// <summary>One partition of a master boot record.</summary>
/// <param name="Number">1 to 4 for the primary ones, by their place in the table; 5 and up for logical ones, as Linux counts.</param>
/// <param name="Type">The partition id, such as 0x0C for FAT32 and 0x83 for Linux.</param>
/// <param name="FirstByte">Where it starts in the image; a multiple of 512.</param>
/// <param name="Length">Its size in bytes; a multiple of 512, more than 0.</param>
/// <param name="Active">True when the boot flag is set.</param>
public sealed record MbrPartition(int Number, byte Type, long FirstByte, long Length, bool Active = false)
{
    /// <summary>The first byte after it.</summary>
    public long End => FirstByte + Length;
}
