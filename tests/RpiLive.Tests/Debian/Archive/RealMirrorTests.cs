using RpiLive.Codecs.OpenPgp;
using RpiLive.Core.Debian.Archive;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Archive;

/// <summary>Debian itself; skipped unless RPILIVE_DEBIAN_MIRROR names a mirror, such as https://deb.debian.org/debian.</summary>
public sealed class RealMirrorTests
{
    [Theory]
    [InlineData("bookworm")]
    [InlineData("trixie")]
    public void Its_suites_verify_and_its_packages_come(string suite)
    {
        string? mirror = Environment.GetEnvironmentVariable("RPILIVE_DEBIAN_MIRROR");
        Assert.SkipWhen(string.IsNullOrEmpty(mirror), "RPILIVE_DEBIAN_MIRROR names no mirror.");
        using TemporaryFolder folder = new();
        using MirrorClient client = new(new PackageCache(folder.Path));
        ReleaseFetcher fetcher = new(client, new OpenPgpSignatures());
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        SuiteRelease[] releases = [.. ((string[])[suite, suite + "-updates"]).Select(name => fetcher.Fetch(new Uri(mirror!), name, cancellation))];
        IReadOnlyList<PackagesIndex> indexes = new IndexFetcher(client).Fetch(releases, ["main", "non-free-firmware"], "arm64", null, cancellation);
        Assert.Equal(4, indexes.Count);
        using StreamReader reader = new(indexes[0].Open(cancellation));
        Dictionary<string, string> fields = [];
        for (string? line; fields.GetValueOrDefault("Package") != "base-files" || fields.Count < 4; )
        {
            line = reader.ReadLine();
            Assert.NotNull(line);
            if (line.Length == 0)
                fields.Clear();
            else if (line.Split(": ", 2) is [("Package" or "Filename" or "Size" or "SHA256") and var field, var value])
                fields[field] = value;
        }
        DownloadRequest request = DownloadRequest.ForFile(
            releases[0].Mirror, fields["Filename"], long.Parse(fields["Size"], System.Globalization.CultureInfo.InvariantCulture), fields["SHA256"]);
        Assert.Equal(request.Size, new FileInfo(client.Fetch([request], null, cancellation)[0]).Length);
    }
}
