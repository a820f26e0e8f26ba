using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace RpiLive.Tests.Debian.Support;

/// <summary>A mirror on this machine, over plain HTTP/1.1, that can go wrong in whatever way a test wants.</summary>
internal sealed partial class FakeMirror : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, MirrorFile> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<MirrorRequest> _requests = new();

    public FakeMirror()
    {
        _listener.Start();
        Root = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/debian/");
        _ = AcceptAsync();
    }

    /// <summary>The root of the mirror.</summary>
    public Uri Root { get; }

    /// <summary>All requests so far.</summary>
    public IReadOnlyList<MirrorRequest> Requests => [.. _requests];

    /// <summary>Paths below the root that were asked for, in order.</summary>
    public IReadOnlyList<string> Paths => [.. _requests.Select(request => request.Path)];

    /// <summary>Serves a file; in place of one that was there.</summary>
    /// <param name="path">Below the root, not escaped.</param>
    /// <param name="content">Its bytes.</param>
    public MirrorFile Add(string path, byte[] content) => _files[path] = new MirrorFile(content);

    /// <summary>The file of a path.</summary>
    public MirrorFile this[string path] => _files[path];

    public void Remove(string path) => _files.TryRemove(path, out _);

    public Uri UriOf(string path) => new(Root, path);

    /// <summary>From here on nobody answers.</summary>
    public void Stop() => Dispose();

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
    }

    [GeneratedRegex("^bytes=([0-9]+)-$")]
    private static partial Regex RangePattern();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            using (NetworkStream stream = client.GetStream())
            using (_end.Token.Register(client.Dispose))
            {
                while (await ReadRequestAsync(stream) is { } request)
                {
                    _requests.Enqueue(request);
                    if (!await AnswerAsync(stream, request))
                        return;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or SocketException)
        {
            // The client has gone.
        }
    }

    private async Task<MirrorRequest?> ReadRequestAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (!Encoding.ASCII.GetString([.. head.TakeLast(4)]).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _end.Token) == 0)
                return null;
            head.Add(one[0]);
        }
        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string target = Uri.UnescapeDataString(lines[0].Split(' ')[1]);
        string path = target.StartsWith(Root.AbsolutePath, StringComparison.Ordinal) ? target[Root.AbsolutePath.Length..] : target;
        return new MirrorRequest(path, lines[1..].Select(line => line.Split(": ", 2))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase));
    }

    /// <returns>True when the connection can serve another request.</returns>
    private async Task<bool> AnswerAsync(NetworkStream stream, MirrorRequest request)
    {
        if (!_files.TryGetValue(request.Path, out MirrorFile? file))
            return await WriteAsync(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        Fault fault = file.Faults.TryDequeue(out Fault? next) ? next : file.Always ?? new Fault();
        fault.Before?.Invoke();
        if (fault.Status is { } status)
            return await WriteAsync(stream, $"HTTP/1.1 {status} Fault\r\nContent-Length: 0\r\n{Lines(fault.Headers)}\r\n");
        string[] tags = [.. fault.Headers, .. Tag("ETag", file.ETag), .. Tag("Last-Modified", file.LastModified)];
        if ((file.ETag is not null && request["If-None-Match"] == file.ETag)
            || (request["If-None-Match"] is null && file.LastModified is not null && request["If-Modified-Since"] == file.LastModified))
        {
            return await WriteAsync(stream, $"HTTP/1.1 304 Not Modified\r\n{Lines(tags)}\r\n");
        }
        byte[] content = fault.Content ?? file.Content;
        int start = RangeOf(request, file, fault);
        if (start > 0 && start >= content.Length)
            return await WriteAsync(stream, $"HTTP/1.1 416 Range\r\nContent-Range: bytes */{content.Length}\r\nContent-Length: 0\r\n\r\n");
        string first = start == 0
            ? "200 OK\r\n"
            : string.Create(CultureInfo.InvariantCulture, $"206 Partial\r\nContent-Range: bytes {fault.RangeStart ?? start}-{content.Length - 1}/{content.Length}\r\n");
        string length = fault.IsEndless || fault.HidesLength ? "Connection: close\r\n"
            : fault.IsChunked ? "Transfer-Encoding: chunked\r\n"
            : $"Content-Length: {content.Length - start}\r\n";
        await WriteAsync(stream, $"HTTP/1.1 {first}{length}{Lines(tags)}\r\n");
        return await WriteBodyAsync(stream, content.AsMemory(start), fault);
    }

    private async Task<bool> WriteBodyAsync(NetworkStream stream, ReadOnlyMemory<byte> body, Fault fault)
    {
        if ((fault.CutAfter ?? fault.StallAfter) is { } part)
        {
            await stream.WriteAsync(body[..Math.Min(part, body.Length)], _end.Token);
            if (fault.StallAfter is not null)
                await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, _end.Token);
            return false;
        }
        if (fault.IsChunked)
            await WriteAsync(stream, $"{body.Length:x}\r\n");
        await stream.WriteAsync(body, _end.Token);
        if (fault.IsChunked)
            await WriteAsync(stream, "\r\n0\r\n\r\n");
        while (fault.IsEndless)
            await stream.WriteAsync(new byte[1 << 16], _end.Token);
        return !fault.HidesLength;
    }

    private static int RangeOf(MirrorRequest request, MirrorFile file, Fault fault)
    {
        Match range = RangePattern().Match(request["Range"] ?? "");
        bool isOther = request["If-Range"] is { } tag && tag != file.ETag && tag != file.LastModified;
        return range.Success && !isOther && !fault.IgnoresRange ? int.Parse(range.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    private static string[] Tag(string name, string? value) => value is null ? [] : [$"{name}: {value}"];

    private static string Lines(string[] headers) => string.Concat(headers.Select(header => header + "\r\n"));

    private async Task<bool> WriteAsync(NetworkStream stream, string text)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), _end.Token);
        return true;
    }
}
