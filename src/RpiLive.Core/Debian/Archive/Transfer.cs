using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Archive;

/// <summary>Brings one file into the cache.</summary>
/// <param name="http">The way to the mirror.</param>
/// <param name="cache">Where the file goes.</param>
/// <param name="options">How often to try.</param>
/// <param name="request">The file.</param>
/// <param name="advanced">Told how many bytes of the file are there.</param>
internal sealed class Transfer(MirrorHttp http, PackageCache cache, MirrorOptions options, DownloadRequest request, Action<long> advanced)
{
    private const int PieceLength = 128 << 10;

    /// <summary>An attempt that brings less than this is none that a failing mirror should be asked again for.</summary>
    private const long WorthwhileGain = 64 << 10;

    /// <summary>How often what was written may turn out to be something else; other processes can do that a time or two, a bad disk always.</summary>
    private const int MaxRounds = 3;

    /// <returns>Full path of the verified file.</returns>
    public async Task<string> RunAsync(CancellationToken cancellation)
    {
        for (int round = 0; round < MaxRounds; round++)
        {
            if (Find(cancellation) is { } found)
                return found;
            using PartialFile partial = await cache.OpenPartialAsync(request, cancellation).ConfigureAwait(false);
            if (partial.Length < request.Size && Find(cancellation) is { } others)
                return others;
            advanced(partial.Length);
            await CompleteAsync(partial, cancellation).ConfigureAwait(false);
            cache.Commit(partial, request.Sha256);
        }
        return Find(cancellation) ?? throw CacheErrors.Translate(cache.Folder, new IOException($"{request.Name} does not stay as it was written"));
    }

    private string? Find(CancellationToken cancellation) => cache.Find(request.Sha256, request.Size, cancellation);

    /// <summary>Attempts until the whole file is there with its hash.</summary>
    private async Task CompleteAsync(PartialFile partial, CancellationToken cancellation)
    {
        RetryCount retries = new(http, options);
        Uri uri = request.Uri;
        while (true)
        {
            long before = partial.Length;
            try
            {
                if (partial.Length < request.Size)
                    await PullAsync(partial, uri, cancellation).ConfigureAwait(false);
                if (partial.Sha256 == request.Sha256)
                    return;
                throw Damaged($"it has the SHA-256 {partial.Sha256}, not {request.Sha256}");
            }
            catch (TransferException e) when (e.Fault == TransferFault.Missing && request.Alternative is { } alternative && uri != alternative)
            {
                uri = alternative;
            }
            catch (TransferException e)
            {
                if (e.Fault == TransferFault.Damaged)
                    Write(partial.Reset);
                await RetryAsync(retries, uri, e, partial.Length - before >= WorthwhileGain, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static async Task RetryAsync(RetryCount retries, Uri uri, TransferException failure, bool gained, CancellationToken cancellation)
    {
        try
        {
            await retries.WaitAsync(uri, failure, gained, cancellation).ConfigureAwait(false);
        }
        catch (TransferException last)
        {
            throw MirrorErrors.Translate(uri, last);
        }
    }

    /// <summary>One attempt at what is missing.</summary>
    private async Task PullAsync(PartialFile partial, Uri uri, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await http.SendAsync(uri, headers => AskForRest(headers, partial), cancellation).ConfigureAwait(false);
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK when partial.Length > 0:
                // The server knows no ranges, or has another version.
                Write(partial.Reset);
                advanced(0);
                break;
            case HttpStatusCode.OK:
                break;
            case HttpStatusCode.PartialContent when IsRest(response.Content.Headers.ContentRange, partial):
                break;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable when partial.Length > 0:
                throw Damaged($"the server has no bytes from {partial.Length:N0} to {request.Size:N0}");
            default:
                throw new TransferException(TransferFault.Missing, $"the server answers {(int)response.StatusCode} to a request for the whole file");
        }
        long missing = request.Size - partial.Length;
        if (response.Content.Headers.ContentLength is { } length && length != missing)
            throw Damaged($"the server has {partial.Length + length:N0} bytes, but the index says {request.Size:N0}");
        Write(() => partial.Tag = TagOf(response));
        await ReadAsync(response, partial, cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads a body to its end, and never more than the file may have.</summary>
    private async Task ReadAsync(HttpResponseMessage response, PartialFile partial, CancellationToken cancellation)
    {
        using Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            for (int count; (count = await http.ReadAsync(body, piece, cancellation).ConfigureAwait(false)) > 0;)
            {
                if (count > request.Size - partial.Length)
                    throw Damaged($"the server sends more than the {request.Size:N0} bytes that the index says");
                Write(() => partial.Append(piece.AsSpan(0, count)));
                advanced(partial.Length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
        if (partial.Length == request.Size)
            return;
        string what = $"it ends after {partial.Length:N0} of {request.Size:N0} bytes";

        // Chunks have an end that a broken connection lacks; the end of the connection alone may be either.
        throw response.Headers.TransferEncodingChunked == true ? Damaged(what) : new TransferException(TransferFault.Passing, what);
    }

    private void AskForRest(HttpRequestHeaders headers, PartialFile partial)
    {
        if (partial.Length == 0)
            return;
        headers.Range = new RangeHeaderValue(partial.Length, null);
        if (CacheErrors.Guard(cache.Folder, () => partial.Tag) is { } tag)
            headers.TryAddWithoutValidation("If-Range", tag);
    }

    /// <summary>RFC 9110, 13.1.5: a weak ETag does not do, a date does.</summary>
    private static string? TagOf(HttpResponseMessage response) => response.Headers.ETag is { IsWeak: false } etag
        ? etag.Tag
        : response.Content.Headers.LastModified?.ToString("r", CultureInfo.InvariantCulture);

    private bool IsRest(ContentRangeHeaderValue? range, PartialFile partial) => partial.Length > 0
        && range is { Unit: "bytes" } && range.From == partial.Length && range.To == request.Size - 1 && (range.Length ?? request.Size) == request.Size;

    private static TransferException Damaged(string what) => new(TransferFault.Damaged, what);

    /// <summary>Errors of the disk are none of the mirror.</summary>
    private void Write(Action write) => CacheErrors.Guard<object?>(Path.Join(cache.Folder, request.Name), () =>
    {
        write();
        return null;
    });
}
