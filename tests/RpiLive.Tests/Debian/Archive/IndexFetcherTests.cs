using System.Text;
using RpiLive.Codecs.OpenPgp;
using RpiLive.Core.Debian.Archive;
using RpiLive.Core.Errors;
using RpiLive.Core.Inputs;
using RpiLive.Tests.Debian.Support;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Archive;

public sealed class IndexFetcherTests : IDisposable
{
    private const string Text = "Package: a\nArchitecture: arm64\n\nPackage: b\nArchitecture: all\n";

    private readonly Downloads _downloads = new();
    private readonly SigningKeys _keys = new();
    private readonly FakeSuite _suite;

    public IndexFetcherTests() => _suite = new FakeSuite(_downloads.Mirror, "trixie", _keys);

    public void Dispose() => _downloads.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Indexes_come_by_hash_where_the_suite_says_so(bool byHash)
    {
        _suite.AcquireByHash = byHash;
        _suite.AddPackages("main", Text);
        _suite.AddPackages("non-free-firmware", "Package: f\n");
        IReadOnlyList<PackagesIndex> indexes = Fetch("main", "non-free-firmware");
        Assert.Equal([Text, "Package: f\n"], indexes.Select(Read));
        Assert.Equal(["main", "non-free-firmware"], indexes.Select(index => index.Component));
        Assert.Equal("trixie/main/binary-arm64/Packages.gz", indexes[0].Name);
        Assert.All(_downloads.Mirror.Paths.Skip(1), path => Assert.Equal(byHash, path.Contains("/by-hash/SHA256/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Where_the_hash_is_gone_the_name_does()
    {
        _suite.AddPackages("main", Text);
        _suite.Publish();
        SuiteRelease release = Release();
        string path = "main/binary-arm64/Packages.gz";
        _downloads.Mirror.Remove($"dists/trixie/main/binary-arm64/by-hash/SHA256/{release.File.Files[path].Sha256}");
        PackagesIndex index = Assert.Single(new IndexFetcher(_downloads.Client).Fetch([release], ["main"], "arm64", null, TestContext.Current.CancellationToken));
        Assert.Equal(Text, Read(index));
        Assert.Equal("dists/trixie/" + path, _downloads.Mirror.Paths[^1]);
    }

    [Fact]
    public void Xz_is_taken_before_gzip_and_unpacked()
    {
        Tools.Require("xz");
        string text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"Package: p{i}\n"));
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["Packages"], text);
        Tools.Run("xz", folder["Packages"]);
        _suite.AddPackages("main", "Package: other\n");
        _suite.AddFile("main/binary-arm64/Packages.xz", File.ReadAllBytes(folder["Packages.xz"]));
        Assert.Equal(text, Read(Assert.Single(Fetch("main"))));
    }

    [Fact]
    public void Plain_text_is_taken_where_nothing_is_packed()
    {
        _suite.AddFile("main/binary-arm64/Packages", Encoding.ASCII.GetBytes(Text));
        Assert.Equal(Text, Read(Assert.Single(Fetch("main"))));
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("No-Support-for-Architecture-all: Packages\n", 1)]
    public void Packages_for_all_come_from_their_own_index_where_a_suite_has_it(string fields, int expected)
    {
        _suite.MoreFields = fields;
        _suite.AddPackages("main", Text);
        _suite.AddPackages("main", "Package: c\n", "all");
        Assert.Equal(expected, Fetch("main").Count);
    }

    [Fact]
    public void A_component_that_is_not_there_is_told()
    {
        _suite.AddPackages("main", Text);
        ImageException error = Assert.Throws<ImageException>(() => Fetch("contrib"));
        Assert.Equal(ErrorIds.DownloadMissing, error.ErrorId);
        Assert.Contains("no packages of the component contrib for arm64", error.Message, StringComparison.Ordinal);
        Assert.Contains("main, non-free-firmware", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_with_other_content_than_the_Release_file_says_is_refused()
    {
        _suite.AddPackages("main", Text);
        _suite.Publish();
        SuiteRelease release = Release();
        ReleaseEntry entry = release.File.Files["main/binary-arm64/Packages.gz"];
        _downloads.Mirror.Add($"dists/trixie/main/binary-arm64/by-hash/SHA256/{entry.Sha256}", new byte[entry.Size]);
        ImageException error = Assert.Throws<ImageException>(
            () => new IndexFetcher(_downloads.Client).Fetch([release], ["main"], "arm64", null, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorIds.DownloadDamaged, error.ErrorId);
    }

    [Fact]
    public void No_more_of_an_index_is_unpacked_than_it_may_have()
    {
        using IndexStream stream = new(new PlainReader(new Core.Streams.MemorySource(new byte[1001], "x")), new MemoryStream(), "x", 1000, CancellationToken.None);
        ImageException error = Assert.Throws<ImageException>(() => stream.CopyTo(Stream.Null));
        Assert.Equal("CorruptRelease", error.ErrorId);
    }

    private static string Read(PackagesIndex index)
    {
        using StreamReader reader = new(index.Open(TestContext.Current.CancellationToken));
        return reader.ReadToEnd();
    }

    private SuiteRelease Release()
    {
        string keyring = Path.Join(_downloads.Folder, "test.pgp");
        File.WriteAllBytes(keyring, _keys.ExportArmored());
        return new ReleaseFetcher(_downloads.Client, new OpenPgpSignatures([keyring])).Fetch(_downloads.Mirror.Root, "trixie", TestContext.Current.CancellationToken);
    }

    private IReadOnlyList<PackagesIndex> Fetch(params string[] components)
    {
        _suite.Publish();
        return new IndexFetcher(_downloads.Client).Fetch([Release()], components, "arm64", null, TestContext.Current.CancellationToken);
    }
}
