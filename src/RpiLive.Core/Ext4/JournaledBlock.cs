namespace RpiLive.Core.Ext4;

/// <summary>The last committed copy of a block in the journal.</summary>
/// <param name="Block">Where the copy lies in the file system.</param>
/// <param name="IsEscaped">True when its first four bytes were the journal's magic number and have been zeroed in the copy.</param>
internal readonly record struct JournaledBlock(long Block, bool IsEscaped);
