using RpiLive.Codecs.OpenPgp;
using RpiLive.Core.Debian.Archive;
using RpiLive.Core.Errors;
using RpiLive.Tests.Debian.Support;

namespace RpiLive.Tests.Debian.Archive;

public sealed class ReleaseFetcherTests : IDisposable
{
    private readonly Downloads _downloads = new();
    private readonly SigningKeys _keys = new();
    private readonly FakeSuite _suite;
    private readonly OpenPgpSignatures _signatures;

    public ReleaseFetcherTests()
    {
        _suite = new FakeSuite(_downloads.Mirror, "trixie", _keys);
        _suite.AddPackages("main", "Package: a\n");
        string keyring = Path.Join(_downloads.Folder, "test.pgp");
        File.WriteAllBytes(keyring, _keys.Export());
        _signatures = new OpenPgpSignatures([keyring]);
    }

    public void Dispose() => _downloads.Dispose();

    [Fact]
    public void A_signed_suite_is_taken_and_asked_for_a_change_the_next_time()
    {
        MirrorFile file = _suite.Publish();
        SuiteRelease first = Fetch(), second = Fetch();
        Assert.Equal("trixie", first.File.Codename);
        Assert.Equal((_keys.Fingerprint, SigningKeys.UserId), (first.Signature.Fingerprint, first.Signature.Signer));
        Assert.Equal(first.File.Files, second.File.Files);
        Assert.All([first, second], release => Assert.False(release.IsFromCache));
        Assert.All([first, second], release => Assert.Empty(release.Warnings));
        Assert.Equal([null, file.ETag], _downloads.Mirror.Requests.Select(request => request["If-None-Match"]));
    }

    [Fact]
    public void A_newer_one_takes_the_place_of_the_last()
    {
        _suite.Publish();
        Fetch();
        _suite.Date = _suite.Date.AddHours(1);
        _suite.Publish();
        Assert.Equal(_suite.Date.ToUnixTimeSeconds(), Fetch().File.Date.ToUnixTimeSeconds());
        _downloads.Mirror.Stop();
        Assert.Equal(_suite.Date.ToUnixTimeSeconds(), Fetch().File.Date.ToUnixTimeSeconds());
    }

    [Fact]
    public void Without_a_connection_the_last_one_does_and_that_is_told()
    {
        _suite.ValidUntil = DateTimeOffset.UtcNow.AddDays(1);
        _suite.Publish();
        Fetch();
        _downloads.Mirror.Stop();
        SuiteRelease release = Fetch();
        Assert.True(release.IsFromCache);
        Assert.Matches(@"^trixie: the state of .* UTC is used\. 127\.0\.0\.1: cannot be reached for ", Assert.Single(release.Warnings));
    }

    [Fact]
    public void Without_a_connection_one_that_has_expired_does_with_a_warning()
    {
        _suite.ValidUntil = DateTimeOffset.UtcNow.AddSeconds(1.2);
        _suite.Publish();
        Fetch();
        _downloads.Mirror.Stop();
        using MirrorClient later = new(new PackageCache(_downloads.Folder), _downloads.Options with { Clock = new FixedClock(DateTimeOffset.UtcNow.AddDays(1)) });
        SuiteRelease release = new ReleaseFetcher(later, _signatures).Fetch(_downloads.Mirror.Root, "trixie", TestContext.Current.CancellationToken);
        Assert.Equal(2, release.Warnings.Count);
        Assert.Contains("was valid until", release.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_connection_and_a_cache_there_is_nothing()
    {
        _downloads.Mirror.Stop();
        Assert.Equal(ErrorIds.MirrorUnreachable, Refused().ErrorId);
    }

    [Fact]
    public void One_that_has_expired_is_refused_also_when_it_is_said_to_be_unchanged()
    {
        _suite.ValidUntil = DateTimeOffset.UtcNow.AddDays(1);
        _suite.Publish();
        Fetch();
        using MirrorClient later = new(new PackageCache(_downloads.Folder), _downloads.Options with { Clock = new FixedClock(DateTimeOffset.UtcNow.AddDays(2)) });
        ImageException error = Assert.Throws<ImageException>(
            () => new ReleaseFetcher(later, _signatures).Fetch(_downloads.Mirror.Root, "trixie", TestContext.Current.CancellationToken));
        Assert.Equal(ErrorIds.ReleaseExpired, error.ErrorId);
        Assert.NotNull(_downloads.Mirror.Requests[^1]["If-None-Match"]);
    }

    [Fact]
    public void An_older_one_than_the_last_is_refused_and_the_last_stays()
    {
        _suite.Publish();
        Fetch();
        _suite.Date = _suite.Date.AddMinutes(-1);
        _suite.Publish();
        ImageException error = Refused();
        Assert.Equal(ErrorIds.ReleaseExpired, error.ErrorId);
        Assert.Contains("older than the one", error.Message, StringComparison.Ordinal);
        _downloads.Mirror.Stop();
        Assert.Equal(_suite.Date.AddMinutes(1).ToUnixTimeSeconds(), Fetch().File.Date.ToUnixTimeSeconds());
    }

    [Fact]
    public void One_of_another_suite_is_refused()
    {
        new FakeSuite(_downloads.Mirror, "bookworm", _keys).Publish();
        byte[] other = _downloads.Mirror["dists/bookworm/InRelease"].Content;
        _downloads.Mirror.Add("dists/trixie/InRelease", other);
        ImageException error = Refused();
        Assert.Equal("CorruptRelease", error.ErrorId);
        Assert.Contains("'bookworm', not of trixie", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_with_a_changed_hash_is_refused_and_not_kept()
    {
        _suite.Publish();
        byte[] content = (byte[])_downloads.Mirror[_suite.ReleasePath].Content.Clone();
        int hash = content.AsSpan().IndexOf("SHA256:\n "u8) + 9;
        content[hash] = content[hash] == (byte)'0' ? (byte)'1' : (byte)'0';
        _downloads.Mirror.Add(_suite.ReleasePath, content);
        ImageException error = Refused();
        Assert.Equal(ErrorIds.SignatureInvalid, error.ErrorId);
        Assert.Contains("did not sign this text", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_downloads.Cached, path => path.StartsWith("releases/", StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_nobody_trusts_is_refused()
    {
        new FakeSuite(_downloads.Mirror, "trixie", new SigningKeys()).Publish();
        ImageException error = Refused();
        Assert.Equal(ErrorIds.SignatureInvalid, error.ErrorId);
        Assert.Contains("is unknown", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tampered_cache_is_as_good_as_none()
    {
        _suite.Publish();
        Fetch();
        string path = Path.Join(_downloads.Folder, _downloads.Cached.Single(name => name.StartsWith("releases/", StringComparison.Ordinal)));
        byte[] content = File.ReadAllBytes(path);
        content[content.AsSpan().IndexOf("Codename"u8) - 2] ^= 1;
        File.WriteAllBytes(path, content);
        Assert.False(Fetch().IsFromCache);
        Assert.Null(_downloads.Mirror.Requests[1]["If-None-Match"]);
        File.WriteAllBytes(path, content);
        _downloads.Mirror.Stop();
        Assert.Equal(ErrorIds.MirrorUnreachable, Refused().ErrorId);
    }

    [Fact]
    public void One_without_end_is_refused()
    {
        _suite.Publish();
        _downloads.Mirror[_suite.ReleasePath].Always = new Fault { IsEndless = true };
        Assert.Equal(ErrorIds.DownloadDamaged, Refused().ErrorId);
    }

    [Fact]
    public void One_of_the_future_is_told()
    {
        _suite.Date = DateTimeOffset.UtcNow.AddDays(2);
        _suite.Publish();
        Assert.Contains("check the clock", Assert.Single(Fetch().Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mirror_without_the_suite_is_told()
    {
        ImageException error = Refused();
        Assert.Equal(ErrorIds.DownloadMissing, error.ErrorId);
        Assert.Contains("dists/trixie/InRelease: the server answers 404", error.Message, StringComparison.Ordinal);
    }

    private SuiteRelease Fetch() =>
        new ReleaseFetcher(_downloads.NewClient(), _signatures).Fetch(_downloads.Mirror.Root, "trixie", TestContext.Current.CancellationToken);

    private ImageException Refused() => Assert.Throws<ImageException>(Fetch);
}
