using RpiLive.Core.Debian.Archive;
using RpiLive.Core.Errors;

namespace RpiLive.Tests.Debian.Archive;

public sealed class MirrorPathTests
{
    private static readonly string s_hash = new('a', 64);

    [Theory]
    [InlineData("https://deb.debian.org/debian", "pool/main/b/base-files/base-files_13.8+deb13u1~1_arm64.deb", "https://deb.debian.org/debian/pool/main/b/base-files/base-files_13.8%2Bdeb13u1~1_arm64.deb")]
    [InlineData("https://deb.debian.org/debian/", "a%2f", "https://deb.debian.org/debian/a%252f")]
    [InlineData("http://[::1]:8080/x/?q#f", "a b", null)]
    [InlineData("https://deb.debian.org/", "a?b#c:d", "https://deb.debian.org/a%3Fb%23c%3Ad")]
    public void Addresses_lie_below_the_mirror_whatever_the_path(string mirror, string path, string? expected)
    {
        if (expected is null)
            Assert.Throws<ArgumentException>(() => MirrorPath.Combine(new Uri(mirror), path));
        else
            Assert.Equal(expected, MirrorPath.Combine(new Uri(mirror), path).AbsoluteUri);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a/")]
    [InlineData(@"a\..\b")]
    [InlineData("a\nb")]
    [InlineData("ä")]
    public void Paths_that_lead_elsewhere_are_refused(string path)
    {
        Assert.False(MirrorPath.IsSafe(path));
        ImageException error = Assert.Throws<ImageException>(() => DownloadRequest.ForFile(new Uri("https://deb.debian.org/debian"), path, 1, s_hash));
        Assert.Equal("CorruptRelease", error.ErrorId);
    }

    [Theory]
    [InlineData(-1, null)]
    [InlineData(DownloadRequest.MaxSize + 1, null)]
    [InlineData(1, "abc")]
    [InlineData(1, "../../../../../../../../../../../../../../../../../../../../../..")]
    public void Sizes_and_hashes_that_no_file_has_are_refused(long size, string? hash)
    {
        ImageException error = Assert.Throws<ImageException>(() => DownloadRequest.ForFile(new Uri("https://deb.debian.org/debian"), "a", size, hash ?? s_hash));
        Assert.Equal("CorruptRelease", error.ErrorId);
    }

    [Theory]
    [InlineData("https://a/x", "https://b/y", "https://b/y")]
    [InlineData("https://a/x", "/y", "https://a/y")]
    [InlineData("http://a/x", "https://b/y", "https://b/y")]
    [InlineData("http://a/x", "http://b/y", "http://b/y")]
    [InlineData("https://a/x", "http://a/x", null)]
    [InlineData("http://a/x", "file:///etc/passwd", null)]
    [InlineData("https://a/x", "ftp://a/x", null)]
    [InlineData("https://a/x", null, null)]
    public void A_redirect_never_leaves_encryption(string from, string? location, string? expected)
    {
        Uri? to = location is null ? null : new Uri(location, location[0] == '/' ? UriKind.Relative : UriKind.Absolute);
        if (expected is null)
            Assert.Equal(TransferFault.Missing, Assert.Throws<TransferException>(() => RedirectPolicy.Follow(new Uri(from), to)).Fault);
        else
            Assert.Equal(new Uri(expected), RedirectPolicy.Follow(new Uri(from), to));
    }
}
