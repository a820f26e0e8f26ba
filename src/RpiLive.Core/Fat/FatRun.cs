namespace RpiLive.Core.Fat;

/// <summary>Clusters of one chain that lie side by side.</summary>
/// <param name="Index">Number of clusters of the chain before this run.</param>
/// <param name="Cluster">First cluster on the volume.</param>
/// <param name="Count">Number of clusters.</param>
internal readonly record struct FatRun(uint Index, uint Cluster, uint Count);
