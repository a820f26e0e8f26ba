using System.Net;
using System.Net.Http.Headers;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Archive;

/// <summary>Fetches a Release file: small, and of a content that only its signature can vouch for.</summary>
internal sealed class DocumentFetch(MirrorHttp http, MirrorOptions options, Uri uri, CachedRelease? known)
{
    /// <returns>The file; null when it is still the known one.</returns>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.MirrorUnreachable"/>, <see cref="ErrorIds.DownloadMissing"/> or <see cref="ErrorIds.DownloadDamaged"/>.
    /// </exception>
    public async Task<CachedRelease?> RunAsync(CancellationToken cancellation)
    {
        RetryCount retries = new(http, options);
        while (true)
        {
            try
            {
                try
                {
                    return await TryAsync(cancellation).ConfigureAwait(false);
                }
                catch (TransferException e)
                {
                    await retries.WaitAsync(uri, e, gained: false, cancellation).ConfigureAwait(false);
                }
            }
            catch (TransferException last)
            {
                throw MirrorErrors.Translate(uri, last);
            }
        }
    }

    private async Task<CachedRelease?> TryAsync(CancellationToken cancellation)
    {
        using HttpResponseMessage response = await http.SendAsync(uri, AskForChange, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotModified && known is not null)
            return null;
        if (response.StatusCode != HttpStatusCode.OK)
            throw new TransferException(TransferFault.Missing, $"the server answers {(int)response.StatusCode} to a request for the whole file");
        byte[] content = await ReadAsync(response, cancellation).ConfigureAwait(false);
        return new CachedRelease(content, Header(response.Headers, "ETag"), Header(response.Content.Headers, "Last-Modified"));
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        using Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using MemoryStream content = new();
        byte[] piece = new byte[32 << 10];
        for (int count; (count = await http.ReadAsync(body, piece, cancellation).ConfigureAwait(false)) > 0;)
        {
            if (content.Length + count > CachedRelease.MaxContentLength)
                throw new TransferException(TransferFault.Damaged, $"it has more than the {CachedRelease.MaxContentLength:N0} bytes that a Release file may have");
            content.Write(piece, 0, count);
        }
        return content.ToArray();
    }

    private void AskForChange(HttpRequestHeaders headers)
    {
        // A proxy on the way is to ask the mirror: an old Release file names indexes that are gone.
        headers.CacheControl = new() { MaxAge = TimeSpan.Zero };
        if (known is { ETag.Length: > 0 })
            headers.TryAddWithoutValidation("If-None-Match", known.ETag);
        else if (known is { LastModified.Length: > 0 })
            headers.TryAddWithoutValidation("If-Modified-Since", known.LastModified);
    }

    private static string Header(HttpHeaders headers, string name) => headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : "";
}
