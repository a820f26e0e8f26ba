using System.Globalization;
using System.Text;
using RpiLive.Core.Debian.Archive;
using RpiLive.Core.Errors;

namespace RpiLive.Tests.Debian.Archive;

public sealed class ReleaseFileTests
{
    private const string Hash = "709e6e8013d4d7f8bc9974e262877bd389392cd03dbf246a232338385d388ddf";

    private const string Sample = $"""
        Origin: Debian
        Suite: stable-security
        Codename: trixie-security
        Date: Wed, 25 Nov 2026 02:22:31 UTC
        Valid-Until: Wed, 2 Dec 2026 02:22:31 UTC
        Acquire-By-Hash: yes
        Architectures: amd64 arm64
        Components: updates/main updates/contrib
        Description: Debian 13 – Security
        MD5Sum:
         f384977e969772befd580714347bab04 13244943 main/binary-arm64/Packages.gz
        SHA256:
         {Hash} 13244943 main/binary-arm64/Packages.gz
         {Hash}        0 main/source/Sources

        """;

    [Fact]
    public void Its_fields_and_files_are_read()
    {
        ReleaseFile file = Read(Sample.Replace("\n\n", "\n", StringComparison.Ordinal));
        Assert.Equal(("stable-security", "trixie-security"), (file.Suite, file.Codename));
        Assert.Equal(new DateTimeOffset(2026, 11, 25, 2, 22, 31, TimeSpan.Zero), file.Date);
        Assert.Equal(new DateTimeOffset(2026, 12, 2, 2, 22, 31, TimeSpan.Zero), file.ValidUntil);
        Assert.Equal(["amd64", "arm64"], file.Architectures);
        Assert.Equal(["updates/main", "updates/contrib"], file.Components);
        Assert.True(file.AcquireByHash);
        Assert.Equal(["main/binary-arm64/Packages.gz", "main/source/Sources"], file.Files.Keys);
        Assert.Equal(new ReleaseEntry("main/binary-arm64/Packages.gz", 13244943, Hash), file.Files["main/binary-arm64/Packages.gz"]);
    }

    [Theory]
    [InlineData("amd64 arm64", "", true)]
    [InlineData("all amd64 arm64", "", false)]
    [InlineData("all amd64 arm64", "No-Support-for-Architecture-all: Packages\n", true)]
    public void It_tells_whether_packages_for_all_have_an_index_of_their_own(string architectures, string more, bool expected) =>
        Assert.Equal(expected, Read($"Date: Sat, 1 Aug 2026 00:00:00 UTC\nArchitectures: {architectures}\n{more}").ListsAllEverywhere);

    [Theory]
    [InlineData("", "no Date")]
    [InlineData("Date: yesterday\n", "no date of UTC")]
    [InlineData("Date: Sat, 1 Aug 2026 00:00:00 +0200\n", "no date of UTC")]
    [InlineData(" Date: Sat, 1 Aug 2026 00:00:00 UTC\n", "continuation")]
    [InlineData("Date: Sat, 1 Aug 2026 00:00:00 UTC\nDate: Sat, 8 Aug 2026 00:00:00 UTC\n", "twice")]
    [InlineData("Date: Sat, 1 Aug 2026 00:00:00 UTC\n\nCodename: trixie\n", "empty line")]
    [InlineData("Date: Sat, 1 Aug 2026 00:00:00 UTC\nCodename\n", "no field")]
    [InlineData("Date: Sat, 1 Aug 2026 00:00:00 UTC\nSHA256:\n abc 1 a\n", "no SHA-256, size and path")]
    [InlineData($"Date: Sat, 1 Aug 2026 00:00:00 UTC\nSHA256:\n {Hash} -1 a\n", "no SHA-256, size and path")]
    [InlineData($"Date: Sat, 1 Aug 2026 00:00:00 UTC\nSHA256:\n {Hash} 99999999999999999999 a\n", "no SHA-256, size and path")]
    [InlineData($"Date: Sat, 1 Aug 2026 00:00:00 UTC\nSHA256:\n {Hash} 1 a b\n", "no SHA-256, size and path")]
    [InlineData($"Date: Sat, 1 Aug 2026 00:00:00 UTC\nSHA256:\n {Hash} 1 ../a\n", "no path below the suite")]
    [InlineData($"Date: Sat, 1 Aug 2026 00:00:00 UTC\nSHA256:\n {Hash} 1 a\n {Hash} 2 a\n", "two different entries")]
    public void What_breaks_the_rules_is_refused(string text, string what)
    {
        ImageException error = Assert.Throws<ImageException>(() => Read(text));
        Assert.Equal("CorruptRelease", error.ErrorId);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_without_end_are_refused()
    {
        StringBuilder text = new("Date: Sat, 1 Aug 2026 00:00:00 UTC\nSHA256:\n");
        for (int i = 0; i <= ReleaseFile.MaxEntries; i++)
            text.Append(CultureInfo.InvariantCulture, $" {Hash} 1 a{i}\n");
        ImageException error = Assert.Throws<ImageException>(() => Read(text.ToString()));
        Assert.Contains("lists more than", error.Message, StringComparison.Ordinal);
    }

    private static ReleaseFile Read(string text) => ReleaseFile.Read(Encoding.UTF8.GetBytes(text), "test");
}
