namespace RpiLive.Core.Streams;

/// <summary>Keeps one reader of a source no further ahead of another than a set distance. Safe for several threads.</summary>
/// <param name="lead">The distance in bytes.</param>
internal sealed class ReadingPace(long lead)
{
    private readonly object _gate = new();
    private long _position;
    private bool _isWaiting;

    /// <summary>Where the follower reads now.</summary>
    public void Follow(long position)
    {
        Volatile.Write(ref _position, position);
        if (!Volatile.Read(ref _isWaiting))
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    /// <summary>The follower reads no more: the leader may go to the end.</summary>
    public void Release() => Follow(long.MaxValue - lead);

    /// <summary>Waits until the leader may read at <paramref name="position"/>.</summary>
    public void WaitFor(long position, CancellationToken cancellation)
    {
        if (position <= Volatile.Read(ref _position) + lead)
            return;
        using CancellationTokenRegistration wake = cancellation.Register(() =>
        {
            lock (_gate)
                Monitor.PulseAll(_gate);
        });
        lock (_gate)
        {
            Volatile.Write(ref _isWaiting, true);
            // Not for ever: a position noted just before the flag was set wakes nobody.
            while (position > Volatile.Read(ref _position) + lead && !cancellation.IsCancellationRequested)
                Monitor.Wait(_gate, 20);
            Volatile.Write(ref _isWaiting, false);
        }
        cancellation.ThrowIfCancellationRequested();
    }
}
