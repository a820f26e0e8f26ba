namespace RpiLive.Core.Xz;

/// <summary>A block of an .xz file as the index tells it.</summary>
/// <param name="Offset">First byte of the block in the file.</param>
/// <param name="UnpaddedLength">Size of header, packed bytes and check.</param>
/// <param name="Check">Check type of the block's stream.</param>
internal readonly record struct XzBlock(long Offset, long UnpaddedLength, byte Check);
