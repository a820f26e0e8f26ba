namespace RpiLive.Core.Streams;

/// <summary>
/// Hashes a source from start to end in the background while others read it too, a little ahead of them: so the disk is read
/// once, in order. Disposing stops the reading and waits for its end, so that the source can be closed afterwards.
/// </summary>
public sealed class SourceSweep : IDisposable
{
    /// <summary>How far it reads ahead, in bytes: enough for two processors, little enough for the caches in between.</summary>
    private const long Lead = 16 << 20;

    private readonly RandomAccessSource _source;
    private readonly ReadingPace _pace = new(Lead);
    private readonly CancellationTokenSource _stop;
    private Task<string>? _work;

    /// <summary>Prepares a sweep of <paramref name="source"/>.</summary>
    /// <param name="source">The source; it must outlive this object.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public SourceSweep(RandomAccessSource source, CancellationToken cancellation)
    {
        _source = source;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Followed = new FollowedSource(source, _pace);
    }

    /// <summary>The source for the others: the sweep keeps close to where this is read.</summary>
    public RandomAccessSource Followed { get; }

    /// <summary>Starts to read.</summary>
    public void Start() => _work = Task.Factory.StartNew(
        () => SourceHash.Sha256(_source, done => _pace.WaitFor(done, _stop.Token), _stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Lets the sweep go to the end at its own pace: the others have read what they need, or there are none.</summary>
    public void Release() => _pace.Release();

    /// <summary>Releases the sweep and waits for it.</summary>
    /// <returns>SHA-256 of the source, lower-case hex.</returns>
    /// <exception cref="Errors.ImageException">The source is damaged somewhere, be it where nobody else has read.</exception>
    public string Finish()
    {
        Release();
        return _work!.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _ = _work?.ContinueWith(static work => work.Exception, TaskScheduler.Default).GetAwaiter().GetResult();
        _stop.Dispose();
        Followed.Dispose();
    }
}
