namespace RpiLive.Core.Fat;

/// <summary>Where a file lies on a volume, in one piece.</summary>
/// <param name="Offset">Its first byte from the start of the volume; -1 for an empty file.</param>
/// <param name="Length">Its size in bytes.</param>
public readonly record struct FatFileLocation(long Offset, long Length);
