namespace RpiLive.Core.Debian.Archive;

/// <summary>Counts the failures of one download and says how long to wait, or that it is given up.</summary>
internal sealed class RetryCount(MirrorHttp http, MirrorOptions options)
{
    /// <summary>Attempts for a host that has never answered, so that who is offline need not wait long.</summary>
    private const int UnknownHostAttempts = 2;

    private int _failures;
    private bool _wasDamaged;

    /// <summary>Waits before the next attempt.</summary>
    /// <param name="uri">What was asked for.</param>
    /// <param name="failure">What went wrong.</param>
    /// <param name="gained">True when the attempt brought the download on.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="TransferException">The failure, when there is to be no further attempt.</exception>
    public async Task WaitAsync(Uri uri, TransferException failure, bool gained, CancellationToken cancellation)
    {
        if (failure.Fault == TransferFault.Damaged && !_wasDamaged)
        {
            _wasDamaged = true;
            return;
        }
        if (failure.Fault is not (TransferFault.Passing or TransferFault.Unconnected))
            throw failure;
        _failures = gained ? 1 : _failures + 1;
        if (_failures >= AttemptsFor(uri, failure))
        {
            http.GiveUp(uri);
            throw failure;
        }
        await options.Delay(DelayAfter(failure), cancellation).ConfigureAwait(false);
    }

    private int AttemptsFor(Uri uri, TransferException failure) => failure.Fault == TransferFault.Passing
        ? options.Attempts
        : http.IsReachable(uri) switch
        {
            true => options.Attempts,
            false => 1,
            null => Math.Min(UnknownHostAttempts, options.Attempts),
        };

    private TimeSpan DelayAfter(TransferException failure)
    {
        TimeSpan own = options.FirstDelay * Math.Pow(2, Math.Min(_failures - 1, 16));
        TimeSpan asked = failure.RetryAfter ?? TimeSpan.Zero;
        TimeSpan delay = asked > own ? asked : own;
        return delay < options.MaxDelay ? delay : options.MaxDelay;
    }
}
