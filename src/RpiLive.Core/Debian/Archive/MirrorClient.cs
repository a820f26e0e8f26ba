using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Archive;

/// <summary>
/// Brings files of mirrors into a cache. A file that the cache has costs no network. What is taken has the size and the SHA-256 that
/// were asked for; the mirror and the way to it are not trusted. Safe for several threads.
/// </summary>
public sealed class MirrorClient : IDisposable
{
    private readonly MirrorHttp _http;

    /// <summary>Makes the client; no connection is made yet.</summary>
    /// <param name="cache">Where the files go.</param>
    /// <param name="options">How to ask; null for the usual way.</param>
    public MirrorClient(PackageCache cache, MirrorOptions? options = null)
    {
        Cache = cache;
        Options = options ?? new MirrorOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.Connections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.Attempts, 1);
        _http = new MirrorHttp(Options);
    }

    /// <summary>Where the files go.</summary>
    public PackageCache Cache { get; }

    /// <summary>How mirrors are asked.</summary>
    public MirrorOptions Options { get; }

    /// <summary>Fetches files, several at a time. The first error ends it; what has come stays in the cache for the next time.</summary>
    /// <param name="requests">The files; one that is named twice is fetched once.</param>
    /// <param name="progress">Told how far the work is, from several threads, one at a time; may be null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>Full paths of the verified files in the cache, in the order of the requests.</returns>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.MirrorUnreachable"/>, <see cref="ErrorIds.DownloadMissing"/>, <see cref="ErrorIds.DownloadDamaged"/>,
    /// <see cref="ErrorIds.CacheFull"/> or <see cref="ErrorIds.CacheUnusable"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<string> Fetch(
        IReadOnlyList<DownloadRequest> requests, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        DownloadRequest[] distinct = [.. requests.DistinctBy(request => (request.Sha256, request.Size))];
        Dictionary<(string, long), string> paths =
            Task.Run(() => FetchAsync(distinct, progress, cancellation), cancellation).GetAwaiter().GetResult();
        return [.. requests.Select(request => paths[(request.Sha256, request.Size)])];
    }

    /// <summary>Lets go of all connections.</summary>
    public void Dispose() => _http.Dispose();

    /// <summary>Fetches a Release file.</summary>
    /// <returns>The file; null when it is still the known one.</returns>
    internal CachedRelease? FetchRelease(Uri uri, CachedRelease? known, CancellationToken cancellation) =>
        Task.Run(() => new DocumentFetch(_http, Options, uri, known).RunAsync(cancellation), cancellation).GetAwaiter().GetResult();

    private async Task<Dictionary<(string, long), string>> FetchAsync(
        DownloadRequest[] requests, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        TransferMeter meter = new(requests.Sum(request => request.Size), requests.Length, progress);
        string?[] paths = new string?[requests.Length];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Options.Connections, CancellationToken = cancellation };
        List<int> missing = [];
        for (int i = 0; i < requests.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            paths[i] = Cache.Find(requests[i].Sha256, requests[i].Size, cancellation);
            if (paths[i] is null)
                missing.Add(i);
            else
                meter.End(requests[i]);
        }
        Cache.RequireFreeSpace(missing.Sum(i => requests[i].Size));
        await Parallel.ForEachAsync(missing, parallel, async (i, token) =>
        {
            meter.Begin(requests[i]);
            Transfer transfer = new(_http, Cache, Options, requests[i], done => meter.Advance(requests[i], done));
            paths[i] = await transfer.RunAsync(token).ConfigureAwait(false);
            meter.End(requests[i]);
        }).ConfigureAwait(false);
        return Enumerable.Range(0, requests.Length).ToDictionary(i => (requests[i].Sha256, requests[i].Size), i => paths[i]!);
    }
}
