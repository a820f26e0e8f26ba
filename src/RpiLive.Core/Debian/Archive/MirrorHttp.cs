using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace RpiLive.Core.Debian.Archive;

/// <summary>HTTP as mirrors need it: redirects by <see cref="RedirectPolicy"/>, limits on waiting, failures as <see cref="TransferException"/>.</summary>
internal sealed class MirrorHttp : IDisposable
{
    private readonly HttpClient _client;
    private readonly MirrorOptions _options;

    /// <summary>True for hosts that have answered, false for those that were given up.</summary>
    private readonly ConcurrentDictionary<string, bool> _hosts = new(StringComparer.OrdinalIgnoreCase);

    public MirrorHttp(MirrorOptions options)
    {
        _options = options;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.Connections,
            UseCookies = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new("RpiLive", typeof(MirrorHttp).Assembly.GetName().Version!.ToString(3)));
    }

    /// <summary>True for a host that has answered, false for one that was given up, null for one that is not known yet.</summary>
    public bool? IsReachable(Uri uri) => _hosts.TryGetValue(uri.Authority, out bool reachable) ? reachable : null;

    /// <summary>Notes that a host was given up.</summary>
    public void GiveUp(Uri uri) => _hosts.TryAdd(uri.Authority, false);

    /// <summary>Asks for a file.</summary>
    /// <param name="uri">The file.</param>
    /// <param name="prepare">Sets further headers of the request.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>An answer with status 200, 206, 304 or 416, its body not yet read.</returns>
    /// <exception cref="TransferException">Any other answer, or none.</exception>
    public async Task<HttpResponseMessage> SendAsync(Uri uri, Action<HttpRequestHeaders> prepare, CancellationToken cancellation)
    {
        for (int step = 0; step <= RedirectPolicy.MaxSteps; step++)
        {
            HttpResponseMessage response = await SendOnceAsync(uri, prepare, cancellation).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.NotModified
                or HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return response;
            }
            using (response)
                uri = response.StatusCode is HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther
                    or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
                    ? RedirectPolicy.Follow(uri, response.Headers.Location)
                    : throw Refused(response);
        }
        throw new TransferException(TransferFault.Missing, $"the server sends on more than {RedirectPolicy.MaxSteps} times");
    }

    /// <summary>Reads the next bytes of a body.</summary>
    /// <returns>Bytes read; 0 at the end.</returns>
    /// <exception cref="TransferException">The connection broke, or nothing came for too long.</exception>
    public Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellation) =>
        WaitAsync(token => body.ReadAsync(buffer, token).AsTask(), cancellation);

    public void Dispose() => _client.Dispose();

    private static TransferException Translate(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => new(TransferFault.Unconnected, "its name cannot be resolved", e),
        HttpRequestError.ConnectionError => new(TransferFault.Unconnected, $"no connection ({Innermost(e)})", e),
        HttpRequestError.SecureConnectionError => new(TransferFault.Lasting, $"no secure connection ({Innermost(e)})", e),
        HttpRequestError.ProxyTunnelError => new(TransferFault.Lasting, $"the proxy refuses ({Innermost(e)})", e),
        _ => new(TransferFault.Passing, $"the connection broke ({Innermost(e)})", e),
    };

    private static string Innermost(Exception e) => e.GetBaseException().Message.TrimEnd('.');

    private async Task<HttpResponseMessage> SendOnceAsync(Uri uri, Action<HttpRequestHeaders> prepare, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, uri);
        prepare(request.Headers);
        HttpResponseMessage response = await WaitAsync(
            token => _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancellation).ConfigureAwait(false);
        _hosts[uri.Authority] = true;
        return response;
    }

    /// <summary>Waits for a step, not too long.</summary>
    private async Task<T> WaitAsync<T>(Func<CancellationToken, Task<T>> step, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.StallTimeout);
        try
        {
            return await step(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw limit.IsCancellationRequested
                ? new TransferException(TransferFault.Passing, $"nothing came for {_options.StallTimeout.TotalSeconds:0.#} s", e)
                : new TransferException(TransferFault.Unconnected, $"no connection within {_options.ConnectTimeout.TotalSeconds:0.#} s", e);
        }
        catch (HttpRequestException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Translate(e);
        }
        catch (IOException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new TransferException(TransferFault.Passing, $"the connection broke ({Innermost(e)})", e);
        }
    }

    private TransferException Refused(HttpResponseMessage response)
    {
        int status = (int)response.StatusCode;
        string what = $"the server answers {status} {response.ReasonPhrase}".TrimEnd();
        if (response.StatusCode == HttpStatusCode.ProxyAuthenticationRequired)
            return new(TransferFault.Lasting, "the proxy wants a name and a password");
        if (response.StatusCode is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests) && status < 500)
            return new(TransferFault.Missing, what);
        RetryConditionHeaderValue? retry = response.Headers.RetryAfter;
        return new(TransferFault.Passing, what) { RetryAfter = retry?.Delta ?? retry?.Date - _options.Clock.GetUtcNow() };
    }
}
