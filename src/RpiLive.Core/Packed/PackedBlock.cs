namespace RpiLive.Core.Packed;

/// <summary>Where the content of one block lies in the unpacked image.</summary>
/// <param name="Offset">First byte of the block in the unpacked image.</param>
/// <param name="Length">Unpacked size of the block in bytes; more than 0.</param>
public readonly record struct PackedBlock(long Offset, long Length);
