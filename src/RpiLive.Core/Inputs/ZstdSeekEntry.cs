namespace RpiLive.Core.Inputs;

/// <summary>What the seek table of a .zst file says of one frame.</summary>
/// <param name="PackedLength">Size of the frame in the file in bytes.</param>
/// <param name="Length">Unpacked size in bytes.</param>
/// <param name="Checksum">Low 32 bits of the XXH64 of the unpacked bytes; null in a table without checksums.</param>
internal readonly record struct ZstdSeekEntry(uint PackedLength, uint Length, uint? Checksum);
