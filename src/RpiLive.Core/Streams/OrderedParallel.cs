using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace RpiLive.Core.Streams;

/// <summary>Work on many parts of a source, begun from front to back.</summary>
internal static class OrderedParallel
{
    /// <summary>Does the work on all items. The first error ends it and comes out as it is.</summary>
    /// <param name="items">What to work on, in the order in which it is begun.</param>
    /// <param name="threads">The most items at a time.</param>
    /// <param name="work">The work on one.</param>
    /// <param name="cancellation">Ends the work between items.</param>
    public static void ForEach<T>(IEnumerable<T> items, int threads, Action<T> work, CancellationToken cancellation)
    {
        ParallelOptions options = new() { CancellationToken = cancellation, MaxDegreeOfParallelism = threads };
        try
        {
            Parallel.ForEach(Partitioner.Create(items, EnumerablePartitionerOptions.NoBuffering), options, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }
    }
}
