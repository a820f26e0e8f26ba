namespace RpiLive.Core.Streams;

/// <summary>Memory of the host's that is no longer needed.</summary>
internal static class HostMemory
{
    /// <summary>
    /// Gives it back between the steps of a build. Reading a tree, unpacking kernels and modules leave tens of megabytes of large
    /// arrays behind, which the collector, on a host with free memory, is in no hurry to give back; so the peak of the next step
    /// would come on top of them.
    /// </summary>
    public static void Return() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
