using System.Diagnostics;
using RpiLive.Core.Debian.Archive;
using RpiLive.Core.Errors;
using RpiLive.Tests.Debian.Support;

namespace RpiLive.Tests.Debian.Archive;

public sealed class MirrorClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Files_come_verified_and_a_second_time_without_the_network()
    {
        using Downloads downloads = new();
        byte[][] contents = [.. Enumerable.Range(1, 20).Select(i => Downloads.RandomBytes(i * 5000)), []];
        DownloadRequest[] requests = [.. contents.Select((content, i) => downloads.Add($"pool/p{i}_1.0+b~1_arm64.deb", content))];
        ProgressLog progress = new();
        IReadOnlyList<string> paths = downloads.Client.Fetch(requests, progress, Cancellation);
        Assert.Equal(contents, paths.Select(File.ReadAllBytes));
        Assert.Equal(requests.Select(downloads.FilePath), paths);
        Assert.Equal(requests.Select(request => "files/" + request.Sha256).Order(StringComparer.Ordinal), downloads.Cached);
        int asked = downloads.Mirror.Requests.Count;
        Assert.Equal(20, asked);
        Assert.Matches(@"^RpiLive/\d+\.\d+\.\d+$", downloads.Mirror.Requests[0]["User-Agent"]);

        long total = contents.Sum(content => (long)content.Length);
        Assert.All(progress.Reports, report => Assert.Equal((total, 21), (report.BytesTotal, report.FilesTotal)));
        Assert.Equal((total, 21, 0), (progress.Reports[^1].BytesDone, progress.Reports[^1].FilesDone, progress.Reports[^1].Current.Count));
        Assert.Contains(progress.Reports, report => report.Current.Contains("p7_1.0+b~1_arm64.deb"));
        Assert.True(progress.Reports.Max(report => report.Current.Count) <= 6);

        downloads.Mirror.Stop();
        ProgressLog again = new();
        Assert.Equal(paths, downloads.NewClient().Fetch(requests, again, Cancellation));
        Assert.Equal((total, 21), (again.Reports[^1].BytesDone, again.Reports[^1].FilesDone));
    }

    [Fact]
    public void A_file_that_is_named_twice_is_fetched_once()
    {
        using Downloads downloads = new();
        DownloadRequest request = downloads.Add("a", Downloads.RandomBytes(1000)), other = downloads.Add("b", Downloads.RandomBytes(1000));
        Assert.Equal(
            [downloads.FilePath(request), downloads.FilePath(request)],
            downloads.Client.Fetch([request, other with { Name = "again" }], null, Cancellation));
        Assert.Single(downloads.Mirror.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_damaged_in_the_cache_is_fetched_anew(bool sameLength)
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(5000);
        DownloadRequest request = downloads.Add("a", content);
        string path = downloads.Fetch(request);
        byte[] damaged = (byte[])content.Clone();
        damaged[4000] ^= 1;
        File.WriteAllBytes(path, sameLength ? damaged : damaged[..3000]);
        Assert.Null(downloads.Client.Cache.Find(request.Sha256, request.Size, Cancellation));
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(request)));
        Assert.Equal(2, downloads.Mirror.Requests.Count);
    }

    [Theory]
    [InlineData("\"v1\"", null, "\"v1\"")]
    [InlineData(null, "Sat, 21 Nov 2026 09:15:44 GMT", "Sat, 21 Nov 2026 09:15:44 GMT")]
    [InlineData("W/\"v1\"", "Sat, 21 Nov 2026 09:15:44 GMT", "Sat, 21 Nov 2026 09:15:44 GMT")]
    [InlineData(null, null, null)]
    public void A_broken_connection_is_taken_up_where_it_broke(string? etag, string? lastModified, string? condition)
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(300_000);
        DownloadRequest request = downloads.Add("a", content);
        MirrorFile file = downloads.Mirror["a"];
        file.ETag = etag;
        file.LastModified = lastModified;
        file.Faults.Enqueue(new Fault { CutAfter = 100_000 });
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(request)));
        Assert.Null(downloads.Mirror.Requests[0]["Range"]);
        Assert.Matches("^bytes=[1-9][0-9]*-$", downloads.Mirror.Requests[1]["Range"]);
        Assert.Equal(condition, downloads.Mirror.Requests[1]["If-Range"]);
        Assert.Equal(2, downloads.Mirror.Requests.Count);
        Assert.Equal(["files/" + request.Sha256], downloads.Cached);
    }

    [Fact]
    public void A_connection_that_breaks_often_brings_a_file_as_long_as_each_time_brings_something()
    {
        using Downloads downloads = new(attempts: 2);
        byte[] content = Downloads.RandomBytes(1_000_000);
        DownloadRequest request = downloads.Add("a", content);
        downloads.Mirror["a"].Always = new Fault { CutAfter = 150_000 };
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(request)));
        Assert.InRange(downloads.Mirror.Requests.Count, 7, 12);
    }

    [Fact]
    public void A_partial_file_of_another_run_is_completed()
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(50_000);
        DownloadRequest request = downloads.Add("a", content);
        File.WriteAllBytes(downloads.PartialPath(request), content[..20_000]);
        ProgressLog progress = new();
        Assert.Equal(content, File.ReadAllBytes(downloads.Client.Fetch([request], progress, Cancellation)[0]));
        Assert.Equal("bytes=20000-", Assert.Single(downloads.Mirror.Requests)["Range"]);
        Assert.Contains(progress.Reports, report => report.BytesDone == 20_000);
    }

    [Fact]
    public void A_partial_file_that_has_all_needs_no_network()
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(50_000);
        DownloadRequest request = downloads.Add("a", content);
        File.WriteAllBytes(downloads.PartialPath(request), content);
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(request)));
        Assert.Empty(downloads.Mirror.Requests);
    }

    [Theory]
    [InlineData(60_000)]
    [InlineData(50_000)]
    [InlineData(20_000)]
    public void A_partial_file_of_something_else_costs_a_download_and_no_more(int length)
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(50_000);
        DownloadRequest request = downloads.Add("a", content);
        File.WriteAllBytes(downloads.PartialPath(request), new byte[length]);
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(request)));
        Assert.Null(downloads.Mirror.Requests[^1]["Range"]);
        Assert.Equal(["files/" + request.Sha256], downloads.Cached);
    }

    [Theory]
    [InlineData("ignores")]
    [InlineData("changed")]
    [InlineData("elsewhere")]
    [InlineData("refuses")]
    public void A_server_that_does_not_give_the_rest_is_asked_for_all(string how)
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(50_000);
        DownloadRequest request = downloads.Add("a", content);
        MirrorFile file = downloads.Mirror["a"];
        file.ETag = "\"new\"";
        File.WriteAllBytes(downloads.PartialPath(request), content[..20_000]);
        if (how == "changed")
            File.WriteAllText(downloads.PartialPath(request) + ".tag", "\"old\"");
        if (how == "ignores")
            file.Always = new Fault { IgnoresRange = true };
        if (how == "elsewhere")
            file.Faults.Enqueue(new Fault { RangeStart = 19_000 });
        if (how == "refuses")
            file.Faults.Enqueue(Fault.Of(416));
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(request)));
        Assert.Equal(how is "elsewhere" or "refuses" ? 2 : 1, downloads.Mirror.Requests.Count);
        Assert.Equal(["files/" + request.Sha256], downloads.Cached);
    }

    [Fact]
    public void A_mirror_that_is_busy_is_asked_again_after_ever_longer_waits()
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(5000);
        DownloadRequest request = downloads.Add("a", content);
        foreach (Fault fault in (Fault[])[Fault.Of(500), Fault.Of(429, "Retry-After: 7"), Fault.Of(503, "Retry-After: 86400"), Fault.Of(408)])
            downloads.Mirror["a"].Faults.Enqueue(fault);
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(request)));
        Assert.Equal([1, 7, 30, 8], downloads.Delays.Select(delay => delay.TotalSeconds));
    }

    [Fact]
    public void A_mirror_that_stays_busy_is_given_up()
    {
        using Downloads downloads = new(attempts: 3);
        DownloadRequest request = downloads.Add("a", Downloads.RandomBytes(5000));
        downloads.Mirror["a"].Always = Fault.Of(503);
        ImageException error = Assert.Throws<ImageException>(() => downloads.Fetch(request));
        Assert.Equal(ErrorIds.MirrorUnreachable, error.ErrorId);
        Assert.Equal($"127.0.0.1: cannot be reached for {request.Uri}: the server answers 503 Fault.", error.Message);
        Assert.Equal(3, downloads.Mirror.Requests.Count);
        Assert.Empty(downloads.Cached);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(403)]
    public void A_file_that_is_not_there_is_asked_for_once(int status)
    {
        using Downloads downloads = new();
        DownloadRequest request = downloads.Add("a", Downloads.RandomBytes(5000));
        downloads.Mirror["a"].Always = Fault.Of(status);
        ImageException error = Assert.Throws<ImageException>(() => downloads.Fetch(request));
        Assert.Equal(ErrorIds.DownloadMissing, error.ErrorId);
        Assert.Contains(request.Uri.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Single(downloads.Mirror.Requests);
    }

    [Fact]
    public void Another_address_of_the_same_file_does_as_well()
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(5000);
        DownloadRequest request = downloads.Add("a", content), other = new(downloads.Mirror.UriOf("gone"), request.Size, request.Sha256) { Alternative = request.Uri };
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(other)));
        Assert.Equal(["gone", "a"], downloads.Mirror.Paths);
    }

    [Fact]
    public void Nobody_at_the_address_is_told_soon_and_at_once_the_second_time()
    {
        using Downloads downloads = new();
        DownloadRequest request = downloads.Add("a", Downloads.RandomBytes(5000));
        downloads.Mirror.Stop();
        ImageException error = Assert.Throws<ImageException>(() => downloads.Fetch(request));
        Assert.Equal(ErrorIds.MirrorUnreachable, error.ErrorId);
        Assert.Matches(@"^127\.0\.0\.1: cannot be reached for http://127\.0\.0\.1:\d+/debian/a: no connection \(.+\)\.$", error.Message);
        Assert.Single(downloads.Delays);
        Assert.Throws<ImageException>(() => downloads.Fetch(request));
        Assert.Single(downloads.Delays);
    }

    [Fact]
    public void A_name_that_nobody_has_is_told_as_such()
    {
        using Downloads downloads = new();
        DownloadRequest request = DownloadRequest.ForFile(new Uri("http://mirror.invalid/debian"), "a", 1, new string('0', 64));
        ImageException error = Assert.Throws<ImageException>(() => downloads.Fetch(request));
        Assert.Equal(ErrorIds.MirrorUnreachable, error.ErrorId);
        Assert.StartsWith("mirror.invalid: cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tampered")]
    [InlineData("short")]
    [InlineData("long")]
    [InlineData("short chunks")]
    [InlineData("long without length")]
    [InlineData("endless")]
    public void Other_bytes_than_the_index_says_are_taken_once_more_and_then_refused(string how)
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(200_000), tampered = (byte[])content.Clone();
        tampered[^1] ^= 1;
        DownloadRequest request = downloads.Add("a", content);
        downloads.Mirror["a"].Always = how switch
        {
            "tampered" => new Fault { Content = tampered },
            "short" => new Fault { Content = content[..^1] },
            "long" => new Fault { Content = [.. content, 0] },
            "short chunks" => new Fault { Content = content[..^1], IsChunked = true },
            "long without length" => new Fault { Content = [.. content, 0], HidesLength = true },
            _ => new Fault { IsEndless = true },
        };
        ImageException error = Assert.Throws<ImageException>(() => downloads.Fetch(request));
        Assert.Equal(ErrorIds.DownloadDamaged, error.ErrorId);
        Assert.Equal(2, downloads.Mirror.Requests.Count);
        Assert.Empty(downloads.Cached);
    }

    [Fact]
    public void Bytes_that_are_wrong_once_are_fetched_again_from_the_start()
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(200_000);
        DownloadRequest request = downloads.Add("a", content);
        downloads.Mirror["a"].Faults.Enqueue(new Fault { Content = new byte[content.Length] });
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(request)));
        Assert.Null(downloads.Mirror.Requests[1]["Range"]);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void However_a_body_ends_all_of_it_is_taken(bool hidesLength, bool isChunked)
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(200_000);
        DownloadRequest request = downloads.Add("a", content);
        downloads.Mirror["a"].Always = new Fault { HidesLength = hidesLength, IsChunked = isChunked };
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(request)));
        Assert.Single(downloads.Mirror.Requests);
    }

    [Fact]
    public void A_body_that_stalls_is_left_and_taken_up_again()
    {
        using Downloads downloads = new(stallSeconds: 0.2);
        byte[] content = Downloads.RandomBytes(200_000);
        DownloadRequest request = downloads.Add("a", content);
        downloads.Mirror["a"].Faults.Enqueue(new Fault { StallAfter = 100_000 });
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(request)));
        Assert.Equal("bytes=100000-", downloads.Mirror.Requests[1]["Range"]);
    }

    [Fact]
    public void A_mirror_that_always_stalls_is_given_up()
    {
        using Downloads downloads = new(attempts: 2, stallSeconds: 0.1);
        DownloadRequest request = downloads.Add("a", Downloads.RandomBytes(200_000));
        downloads.Mirror["a"].Always = new Fault { StallAfter = 0 };
        ImageException error = Assert.Throws<ImageException>(() => downloads.Fetch(request));
        Assert.Equal(ErrorIds.MirrorUnreachable, error.ErrorId);
        Assert.EndsWith("nothing came for 0.1 s.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_ends_soon_and_what_has_come_serves_the_next_time()
    {
        using Downloads downloads = new(stallSeconds: 60);
        byte[] content = Downloads.RandomBytes(200_000);
        DownloadRequest request = downloads.Add("a", content);
        downloads.Mirror["a"].Faults.Enqueue(new Fault { StallAfter = 100_000 });
        using CancellationTokenSource cancel = new();
        ProgressLog progress = new(report =>
        {
            if (report.BytesDone == 100_000)
                cancel.Cancel();
        });
        Stopwatch time = Stopwatch.StartNew();
        Assert.ThrowsAny<OperationCanceledException>(() => downloads.Client.Fetch([request], progress, cancel.Token));
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(30));
        Assert.Equal(content[..100_000], File.ReadAllBytes(downloads.PartialPath(request)));
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(request)));
        Assert.Equal("bytes=100000-", downloads.Mirror.Requests[1]["Range"]);
    }

    [Fact]
    public void The_first_error_ends_all_transfers()
    {
        using Downloads downloads = new(stallSeconds: 60);
        DownloadRequest stalled = downloads.Add("a", Downloads.RandomBytes(200_000)), missing = downloads.Add("b", Downloads.RandomBytes(10));
        downloads.Mirror["a"].Always = new Fault { StallAfter = 0 };
        downloads.Mirror.Remove("b");
        ImageException error = Assert.Throws<ImageException>(() => downloads.Client.Fetch([stalled, missing], null, Cancellation));
        Assert.Equal(ErrorIds.DownloadMissing, error.ErrorId);
    }

    [Fact]
    public async Task Two_clients_that_want_the_same_file_fetch_it_once()
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(200_000);
        DownloadRequest request = downloads.Add("a", content);
        using ManualResetEventSlim other = new();
        downloads.Mirror["a"].Always = new Fault { Before = () => other.Wait(TimeSpan.FromSeconds(10)) };
        Task<string>[] both = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            MirrorClient client = downloads.NewClient();
            return Task.Run(() => client.Fetch([request], null, Cancellation)[0], Cancellation);
        })];
        await Task.Delay(150, Cancellation);
        Assert.False(both[0].IsCompleted || both[1].IsCompleted);
        other.Set();
        Assert.All(await Task.WhenAll(both), path => Assert.Equal(content, File.ReadAllBytes(path)));
        Assert.Single(downloads.Mirror.Requests);
        Assert.Equal(["files/" + request.Sha256], downloads.Cached);
    }

    [Fact]
    public void Redirects_are_followed_and_not_for_ever()
    {
        using Downloads downloads = new();
        byte[] content = Downloads.RandomBytes(5000);
        DownloadRequest request = downloads.Add("a", content);
        downloads.Mirror["a"].Faults.Enqueue(Fault.Of(302, "Location: /debian/b"));
        downloads.Mirror.Add("b", content);
        Assert.Equal(content, File.ReadAllBytes(downloads.Fetch(request)));
        Assert.Equal(["a", "b"], downloads.Mirror.Paths);

        DownloadRequest loop = downloads.Add("c", Downloads.RandomBytes(10));
        downloads.Mirror["c"].Always = Fault.Of(301, "Location: c");
        ImageException error = Assert.Throws<ImageException>(() => downloads.Fetch(loop));
        Assert.Equal(ErrorIds.DownloadMissing, error.ErrorId);
    }

    [Fact]
    public void More_than_the_disk_can_take_is_refused_before_any_request()
    {
        using Downloads downloads = new();
        DownloadRequest request = new(downloads.Mirror.UriOf("a"), DownloadRequest.MaxSize, new string('0', 64));
        Assert.SkipWhen(new DriveInfo(downloads.Folder).AvailableFreeSpace > request.Size, "This disk has more room than any download may take.");
        ImageException error = Assert.Throws<ImageException>(() => downloads.Fetch(request));
        Assert.Equal(ErrorIds.CacheFull, error.ErrorId);
        Assert.Empty(downloads.Mirror.Requests);
    }

    [Fact]
    public void A_disk_that_fills_up_is_told_as_such()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Needs /dev/full.");
        using Downloads downloads = new();
        DownloadRequest request = downloads.Add("a", Downloads.RandomBytes(5000));
        File.CreateSymbolicLink(downloads.PartialPath(request), "/dev/full");
        ImageException error = Assert.Throws<ImageException>(() => downloads.Fetch(request));
        Assert.Equal(ErrorIds.CacheFull, error.ErrorId);
    }

    [Fact]
    public void A_cache_that_cannot_be_made_is_told_as_such()
    {
        using Downloads downloads = new();
        string file = Path.Join(downloads.Folder, "file");
        File.WriteAllText(file, "");
        ImageException error = Assert.Throws<ImageException>(() => new PackageCache(file));
        Assert.Equal(ErrorIds.CacheUnusable, error.ErrorId);
    }
}
