using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Testing;
using RpiLive.Tests.Support;
using RpiLive.Tests.Testing;

namespace RpiLive.Tests.Imaging;

/// <summary>What comes out of a real image, judged by the kernel, squashfs-tools, dosfstools and mtools.</summary>
public sealed class RealImageTests(RealImage image) : IClassFixture<RealImage>
{
    private const long BootOffset = 8 << 20;
    private const long NanosecondsPerSecond = 1_000_000_000;

    [Fact]
    public void Squashfs_unpacked_by_unsquashfs_equals_the_stock_root_but_for_the_listed_edits()
    {
        Tools.Require("unsquashfs", "mcopy");
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        string squashfs = ExtractRoot(folder);
        Tools.Run("unsquashfs", "-quiet", "-no-progress", "-d", folder["root"], squashfs);
        AssertEqualsStock(MountedTree.Describe(folder["root"]));
    }

    [Fact]
    public void Squashfs_mounted_by_the_kernel_equals_the_stock_root_but_for_the_listed_edits()
    {
        Tools.Require("mcopy");
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        string squashfs = ExtractRoot(folder);
        using LoopMount mount = new(squashfs, "squashfs");
        AssertEqualsStock(MountedTree.Describe(mount.Path));
    }

    [Fact]
    public void Boot_volume_is_clean_and_holds_what_the_firmware_loads()
    {
        Tools.Require("fsck.vfat", "mdir", "mcopy", "losetup");
        Tools.RequireRoot();
        string device = Tools.Run("losetup", "--find", "--show", "--read-only", "--offset", BootOffset.ToString(CultureInfo.InvariantCulture), image.Live.Path).Trim();
        try
        {
            Tools.Run("fsck.vfat", "-n", device);
        }
        finally
        {
            Tools.Run("losetup", "--detach", device);
        }
        string listing = Tools.Run("mdir", "-b", "-/", "-i", Volume, "::");
        Assert.All(image.Live.Flavours, flavour =>
        {
            Assert.Contains($"::/{flavour.Kernel}\n", listing, StringComparison.Ordinal);
            Assert.Contains($"::/{flavour.Initramfs}\n", listing, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Its_test_finds_nothing_but_what_the_stock_image_brings_along()
    {
        ImageTestReport report = LiveWorkshop.Test(image.Live.Path, new ImageTestOptions { Models = [.. ModelRequirement.Parse("Pi 4B 2GB")] });
        Assert.True(report.IsValid, LiveWorkshop.Describe(report));
        Assert.Equal(["ModelBoot", "Passwords"], report.Checks.Where(check => check.Result == CheckResult.Warning && check.Kind.Id != "RamFit").Select(check => check.Kind.Id).Distinct().Order());
        foreach (string check in (string[])["RootContent", "RootChecksum", "RootKernel", "InitramfsLive", "InitramfsPrograms", "InitramfsModules", "CardMounts", "Upkeep"])
            Assert.Contains(report.Checks, found => found.Kind.Id == check && found.Result == CheckResult.Passed);
    }

    [Fact]
    public void The_xz_download_gives_the_same_files_and_leaves_no_other()
    {
        Tools.Require("xz", "mcopy", "diff");
        using TemporaryFolder folder = new();
        Tools.Run("sh", "-euc", "xz -T2 -0 -c \"$1\" > \"$2\"", "sh", RealImage.StockPath, image.File("stock.img.xz"));
        string[] before = Directory.GetFileSystemEntries(Path.GetDirectoryName(image.Live.Path)!);
        LiveImage live = image.Build("from-xz.img", threads: 2, image.File("stock.img.xz"));
        Assert.Equal([.. before.Append(live.Path).Order(StringComparer.Ordinal)], Directory.GetFileSystemEntries(Path.GetDirectoryName(live.Path)!).Order(StringComparer.Ordinal));
        Assert.Equal(image.Live.RootSha256, live.RootSha256);
        foreach ((string name, string path) in new[] { ("raw", image.Live.Path), ("xz", live.Path) })
        {
            Directory.CreateDirectory(folder[name]);
            Tools.Run("mcopy", "-s", "-n", "-Q", "-i", $"{path}@@{BootOffset}", "::/", folder[name]);
        }
        Tools.Run("diff", "-r", "--exclude=image.json", folder["raw"], folder["xz"]);
    }

    [Fact]
    public void Stored_hash_is_that_of_the_squashfs()
    {
        Tools.Require("mcopy", "sha256sum");
        using TemporaryFolder folder = new();
        ExtractRoot(folder);
        Tools.Run("mcopy", "-i", Volume, "::/live/root.squashfs.sha256", folder["root.squashfs.sha256"]);
        Assert.Contains("root.squashfs: OK", Tools.Shell($"cd '{folder.Path}' && sha256sum -c root.squashfs.sha256"), StringComparison.Ordinal);
    }

    [Fact]
    public void One_thread_and_two_threads_give_the_same_bytes()
    {
        LiveImage again = image.Build("again.img", threads: 1);
        using FileStream first = File.OpenRead(image.Live.Path), second = File.OpenRead(again.Path);
        Assert.Equal(SHA256.HashData(first), SHA256.HashData(second));
        File.Delete(again.Path);
    }

    [Fact]
    public void Opened_image_says_the_same_as_the_built_one() =>
        Assert.Equivalent(image.Live, LiveImageFile.Open(image.Live.Path), strict: true);

    [Fact]
    public void Source_is_not_changed_and_its_hash_is_recorded()
    {
        using FileStream source = File.OpenRead(RealImage.StockPath);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(source)), image.Live.SourceSha256);
    }

    private string Volume => $"{image.Live.Path}@@{BootOffset}";

    private string ExtractRoot(TemporaryFolder folder)
    {
        Tools.Run("mcopy", "-i", Volume, "::/live/root.squashfs", folder["root.squashfs"]);
        return folder["root.squashfs"];
    }

    private void AssertEqualsStock(IReadOnlyList<string> actual)
    {
        long rootOffset = long.Parse(Tools.Shell($"sfdisk --dump '{RealImage.StockPath}' | sed -n 's/.*2 : start= *\\([0-9]*\\),.*/\\1/p'"), CultureInfo.InvariantCulture) * 512;
        using LoopMount stock = new(RealImage.StockPath, "ext4", $"ro,offset={rootOffset}");
        HashSet<string> edited = [.. image.Live.Edits.SelectMany(edit => edit.Paths)];
        Assert.NotEmpty(edited);
        string[] expected = [.. MountedTree.Describe(stock.Path).Where(NotEdited).Select(AsSquashFsKeepsIt)];
        MountedTree.AssertSame(expected, [.. actual.Where(NotEdited)]);

        bool NotEdited(string line) => !edited.Contains(PathOf(line));
    }

    private static string PathOf(string line) => "/" + string.Join('/', line[..line.IndexOf('\t', StringComparison.Ordinal)]
        .Split('/', StringSplitOptions.RemoveEmptyEntries).Select(name => Encoding.UTF8.GetString(Convert.FromHexString(name))));

    /// <summary>SquashFS keeps whole seconds from 1970 to 2106.</summary>
    private static string AsSquashFsKeepsIt(string line)
    {
        string[] fields = line.Split('\t');
        decimal seconds = Math.Floor(decimal.Parse(fields[4], CultureInfo.InvariantCulture) / NanosecondsPerSecond);
        fields[4] = (Math.Clamp(seconds, 0, uint.MaxValue) * NanosecondsPerSecond).ToString("0", CultureInfo.InvariantCulture);
        return string.Join('\t', fields);
    }
}
