namespace RpiLive.Core.SquashFs;

/// <summary>Where the listing of a directory lies.</summary>
/// <param name="Reference">Block from the start of the directory table times 65,536, and offset.</param>
/// <param name="Length">Bytes of the listing.</param>
/// <param name="ParentNumber">Inode number of the directory above.</param>
internal sealed record ListingPlace(ulong Reference, long Length, uint ParentNumber);
