namespace RpiLive.Core.Streams;

/// <summary>
/// Hashes a source while other work goes on. Disposing stops the hashing and waits for its end, so that the source can be
/// closed afterwards.
/// </summary>
public sealed class BackgroundHash : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Task<string> _work;

    /// <summary>Starts to hash.</summary>
    public BackgroundHash(RandomAccessSource source, CancellationToken cancellation)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _work = Task.Run(() => SourceHash.Sha256(source, done: null, _stop.Token), CancellationToken.None);
    }

    /// <summary>Waits for the SHA-256, lower-case hex.</summary>
    public string GetResult() => _work.GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _ = _work.ContinueWith(static work => work.Exception, TaskScheduler.Default).GetAwaiter().GetResult();
        _stop.Dispose();
    }
}
