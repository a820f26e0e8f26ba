using System.Security.Cryptography;
using RpiLive.Codecs;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Imaging;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Inputs;

/// <summary>Whole builds from packed stock images.</summary>
public sealed class PackedBuildTests : IDisposable
{
    private readonly TemporaryFolder _stock = new();
    private readonly PackedFiles _files = new();

    public void Dispose()
    {
        _stock.Dispose();
        _files.Dispose();
    }

    [Fact]
    public void Packing_changes_nothing_but_what_the_image_says_of_its_source()
    {
        Tools.Require("gzip", "zstd", "zip", "xz");
        string raw = SyntheticStock.TrixieArmhf().Write(_stock);
        byte[] content = File.ReadAllBytes(raw);
        byte[] expected = File.ReadAllBytes(Build(raw, "raw.img").Path);
        _files.Write("stock.img", content);
        (string Path, BuildStage First)[] forms =
        [
            (_files.Make("xz", "xz -0 --block-size=1MiB -c stock.img > xz"), BuildStage.Reading),
            (_files.Make("xz-streams", "head -c 5000000 stock.img | xz -0c > xz-streams; tail -c +5000001 stock.img | xz -1c >> xz-streams"), BuildStage.Reading),
            (_files.Make("xz-one-block", "xz -0 -c stock.img > xz-one-block"), BuildStage.Unpacking),
            (_files.Make("gzip", "gzip -c stock.img > gzip"), BuildStage.Unpacking),
            (_files.Make("zstd", "zstd -qc stock.img > zstd"), BuildStage.Unpacking),
            (_files.Seekable("seekable", content.Chunk(1_000_003)), BuildStage.Reading),
            (_files.Make("deflated", "zip -q - stock.img > deflated"), BuildStage.Unpacking),
            (_files.Make("stored", "zip -q -0 - stock.img > stored"), BuildStage.Unpacking),
        ];
        foreach ((string path, BuildStage first) in forms)
        {
            List<BuildStage> stages = [];
            LiveImage live = Build(path, Path.GetFileName(path) + ".live", stages);
            Assert.Equal((first, Path.GetFileName(path)), (stages[0], live.SourceName));
            using (FileSource file = new(path))
                Assert.Equal(SourceHash.Sha256(file, null, TestContext.Current.CancellationToken), live.SourceSha256);

            byte[] actual = File.ReadAllBytes(live.Path);
            Assert.Equal(expected.Length, actual.Length);
            Blank(expected);
            Blank(actual);

            // The size of image.json in its directory entry.
            Assert.InRange(expected.Zip(actual).Count(pair => pair.First != pair.Second), 0, 4);
        }
        Assert.Empty(Directory.GetFileSystemEntries(_files.Scratch));
    }

    [Fact]
    public void Scratch_folder_of_the_options_is_used_and_the_destinations_else()
    {
        Tools.Require("gzip");
        _files.Write("stock.img", File.ReadAllBytes(SyntheticStock.TrixieArmhf().Write(_stock)));
        string path = _files.Make("gzip", "gzip -c stock.img > gzip");
        LiveImageOptions options = new() { SourcePath = path, DestinationPath = _files["live.img"], ScratchFolder = _files["missing"] };
        ImageException error = Assert.Throws<ImageException>(() => Build(options));
        Assert.Equal(ErrorIds.ScratchUnwritable, error.ErrorId);
        Assert.Contains(_files["missing"], error.Message, StringComparison.Ordinal);
        Build(options with { ScratchFolder = null });
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(options.DestinationPath)!, ".*"));
    }

    [Fact]
    public void Packed_garbage_and_damage_leave_nothing()
    {
        Tools.Require("gzip");
        _files.Write("noise", PackedFiles.Content(2_000_000)[1000..]);
        string noise = _files.Make("noise.gz", "gzip noise");
        LiveImageOptions options = new() { SourcePath = noise, DestinationPath = _files["live.img"], ScratchFolder = _files.Scratch };
        ImageException error = Assert.Throws<ImageException>(() => Build(options));
        Assert.Equal(ErrorIds.NotPartitioned, error.ErrorId);
        Assert.Contains(noise, error.Message, StringComparison.Ordinal);
        string cut = _files.Write("cut.gz", File.ReadAllBytes(noise)[..100_000]);
        Assert.Equal("CorruptGzip", Assert.Throws<ImageException>(() => Build(options with { SourcePath = cut })).ErrorId);
        Assert.Empty(Directory.GetFileSystemEntries(_files.Scratch));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(options.DestinationPath)!, "live.img*"));
    }

    [Fact]
    public void Damage_where_no_file_lies_is_found_all_the_same()
    {
        Tools.Require("xz");
        byte[] content = File.ReadAllBytes(SyntheticStock.TrixieArmhf().Write(_stock));
        _files.Write("stock.img", [.. content, .. PackedFiles.Content(3 << 20)]);
        byte[] packed = File.ReadAllBytes(_files.Make("xz", "xz -0 --block-size=1MiB -c stock.img > xz"));
        packed[^2_000] ^= 1;
        LiveImageOptions options = new() { SourcePath = _files.Write("damaged.xz", packed), DestinationPath = _files["live.img"], ScratchFolder = _files.Scratch };
        Assert.Equal("CorruptXz", Assert.Throws<ImageException>(() => Build(options)).ErrorId);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(options.DestinationPath)!, "live.img*"));
    }

    [Fact]
    public void Expected_hash_is_that_of_the_file_or_of_the_image_in_it()
    {
        Tools.Require("gzip", "xz");
        byte[] content = File.ReadAllBytes(SyntheticStock.TrixieArmhf().Write(_stock));
        string raw = _files.Write("stock.img", content);
        string[] paths = [raw, _files.Make("gzip", "gzip -c stock.img > gzip"), _files.Make("xz", "xz -0 --block-size=1MiB -c stock.img > xz")];
        string rawHash = Convert.ToHexStringLower(SHA256.HashData(content));
        foreach (string path in paths)
        {
            LiveImageOptions options = new() { SourcePath = path, DestinationPath = _files["live.img"], ScratchFolder = _files.Scratch, Overwrite = true };
            string published = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
            Assert.Equal(published, Build(options with { ExpectedHash = published }).SourceSha256, ignoreCase: true);
            Assert.Equal(published, Build(options with { ExpectedHash = rawHash }).SourceSha256, ignoreCase: true);
            File.Delete(options.DestinationPath);
            ImageException error = Assert.Throws<ImageException>(() => Build(options with { ExpectedHash = new string('7', 64) }));
            Assert.Equal(ErrorIds.HashMismatch, error.ErrorId);
            Assert.Contains(rawHash, error.Message, StringComparison.Ordinal);
            Assert.Contains(published, error.Message, StringComparison.OrdinalIgnoreCase);
            Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(options.DestinationPath)!, "live.img*"));
        }
    }

    private static LiveImage Build(LiveImageOptions options, IProgress<BuildProgress>? progress = null) =>
        new LiveImageBuilder(new ThirdPartyCodecs()).Build(options with { CompressionLevel = 1, Threads = 2 }, progress, TestContext.Current.CancellationToken);

    private LiveImage Build(string source, string name, List<BuildStage>? stages = null)
    {
        Lock gate = new();
        ForwardedProgress<BuildProgress> progress = new(report =>
        {
            lock (gate)
                stages?.Add(report.Stage);
        });
        return Build(new LiveImageOptions { SourcePath = source, DestinationPath = _files[name], ScratchFolder = _files.Scratch }, progress);
    }

    /// <summary>Clears image.json.</summary>
    private static void Blank(byte[] live)
    {
        MemorySource source = new(live, "live");
        DirectoryNode boot = BootVolume.Open(BootVolume.Find(MasterBootRecord.Read(source), source), source).ReadTree(TestContext.Current.CancellationToken);
        byte[] document = FatPath.FindFile(boot, LiveLayout.DocumentPath)!.Content.ReadAll();
        if (document.AsSpan().ContainsAnyExcept((byte)0))
            live.AsSpan(live.AsSpan().IndexOf(document), document.Length).Clear();
    }
}
