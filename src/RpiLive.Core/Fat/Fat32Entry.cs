using RpiLive.Core.Tree;

namespace RpiLive.Core.Fat;

/// <summary>A name in a directory being written.</summary>
/// <param name="Name">The long name.</param>
/// <param name="Directory">The directory of that name; null for a file.</param>
/// <param name="Cluster">First cluster of a file; 0 when it is empty.</param>
/// <param name="Length">Size of a file in bytes.</param>
/// <param name="Time">Time of the last change.</param>
internal sealed record Fat32Entry(string Name, Fat32Directory? Directory, uint Cluster, uint Length, Timestamp Time);
