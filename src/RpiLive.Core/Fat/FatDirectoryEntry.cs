using RpiLive.Core.Tree;

namespace RpiLive.Core.Fat;

/// <summary>What one short directory entry with its long name says.</summary>
/// <param name="Name">The name as Linux shows it, or the label; null when the bytes make no name.</param>
/// <param name="IsLabel">True for a volume label.</param>
/// <param name="IsDirectory">True for a directory.</param>
/// <param name="FirstCluster">First cluster; 0 for an empty file.</param>
/// <param name="Length">Size of a file in bytes.</param>
/// <param name="ModifiedTime">Time of the last change.</param>
internal readonly record struct FatDirectoryEntry(
    string? Name, bool IsLabel, bool IsDirectory, uint FirstCluster, uint Length, Timestamp ModifiedTime);
