using System.Text;
using RpiLive.Codecs;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Partitions;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Imaging;

/// <summary>Whole builds over small images in the layouts of published ones.</summary>
public sealed class LiveImageBuilderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Trixie_armhf_gets_an_initramfs_for_each_kernel_under_the_name_that_auto_initramfs_derives()
    {
        LiveImage live = Build(SyntheticStock.TrixieArmhf());
        Assert.Equal(["initramfs", "initramfs7", "initramfs8"], live.Flavours.Select(flavour => flavour.Initramfs));
        Assert.Equal(["v6", "v7", "v8"], live.Flavours.Select(flavour => flavour.Name));
        Assert.Contains("Pi 3B", live.Flavours[1].Models);
        Assert.Contains("Pi 5", live.Flavours[2].Models);
        Assert.Equal(("armhf", "zstd", "Raspberry Pi OS 13 (trixie)"), (live.Architecture, live.Compression, live.Distribution));
        DirectoryNode boot = ReadBoot(live);
        Assert.Equal("auto_initramfs=1\n[cm4]\notg_mode=1\n[all]\n", Text(boot, "config.txt"));
        Assert.Equal("console=serial0,115200 console=tty1 quiet\n", Text(boot, "cmdline.txt"));
        Assert.NotNull(FatPath.FindFile(boot, "overlays/dwc2.dtbo"));
    }

    [Fact]
    public void File_systems_of_our_own_making_give_the_same_live_root()
    {
        Dictionary<string, string> roots = [];
        foreach (string kind in (string[])["tools", "own"])
        {
            SyntheticStock stock = SyntheticStock.FullDebian();
            string path = kind == "own" ? stock.WriteByOwnMakers(_folder, "own.img") : stock.WriteByTools(_folder, "tools.img");
            LiveImage live = Build(path, kind + "-live.img");
            SquashFsVolume volume = LiveRoot.Open(new ContentSource(FatPath.FindFile(ReadBoot(live), LiveLayout.RootPath)!.Content, "root"), new ThirdPartyCodecs());
            // fstab names the boot volume, whose id follows from the ids of the stock image.
            roots.Add(kind, string.Join('\n', MountedTree.Describe(volume.ReadTree(TestContext.Current.CancellationToken)).Where(line => !line.Contains("/6673746162\t", StringComparison.Ordinal)).Select(line => string.Join(' ', line.Split('\t')[..2])).Order(StringComparer.Ordinal)));
        }
        Assert.Equal(roots["tools"], roots["own"]);
    }

    [Fact]
    public void Bullseye_gets_one_initramfs_for_all_kernels_and_gzip()
    {
        LiveImage live = Build(SyntheticStock.Bullseye());
        Assert.Equal(4, live.Flavours.Count);
        Assert.All(live.Flavours, flavour => Assert.Equal("initramfs_live", flavour.Initramfs));
        Assert.Equal("gzip", live.Compression);
        DirectoryNode boot = ReadBoot(live);
        Assert.Equal("dtparam=audio=on\n[pi4]\narm_boost=1\n[all]\ninitramfs initramfs_live followkernel\n", Text(boot, "config.txt"));

        // As the kernel does it: archive after archive, zeros between them passed over.
        Tools.Require("cpio", "python3");
        File.WriteAllBytes(_folder["initramfs"], FatPath.FindFile(boot, "initramfs_live")!.Content.ReadAll());
        string listing = Tools.Run("python3", "-c", """
            import subprocess, sys, zlib
            rest = open(sys.argv[1], 'rb').read()
            while rest:
                unpack = zlib.decompressobj(31)
                subprocess.run(['cpio', '-t', '--quiet'], input=unpack.decompress(rest), check=True)
                rest = unpack.unused_data.lstrip(b'\0')
            """, _folder["initramfs"]);
        Assert.All((string[])["6.1.21+", "6.1.21-v7+", "6.1.21-v7l+", "6.1.21-v8+"], release => Assert.Contains($"lib/modules/{release}/kernel/squashfs.ko", listing, StringComparison.Ordinal));
    }

    [Fact]
    public void Debian_keeps_its_kernel_line_and_loads_our_initramfs()
    {
        LiveImage live = Build(SyntheticStock.Debian());
        Assert.Equal("arm64", Assert.Single(live.Flavours).Name);
        DirectoryNode boot = ReadBoot(live);
        Assert.Equal("arm_64bit=1\nkernel=vmlinuz-6.1.0-50-arm64\n# by raspi-firmware\ninitramfs initramfs_live followkernel\n", Text(boot, "config.txt"));
        Assert.NotNull(FatPath.FindFile(boot, "initramfs_live"));
    }

    [Fact]
    public void Settings_tell_init_what_was_asked_for()
    {
        DirectoryNode boot = ReadBoot(Build(SyntheticStock.TrixieArmhf(), options => options with { RootMode = RootMode.Ram }));
        LiveSettings settings = LiveSettings.Parse(Text(boot, LiveSettings.Path), "test");
        Assert.Equal((RootMode.Ram, MemoryBudget.Reserve(MemoryBudget.ConsoleUseMebibytes)), (settings.Root, settings.Reserve));
        Assert.NotNull(settings.Clock);
    }

    [Fact]
    public void Same_input_gives_the_same_bytes_and_other_options_another_identity()
    {
        string stock = SyntheticStock.TrixieArmhf().Write(_folder);
        byte[] first = File.ReadAllBytes(Build(stock, "a.img").Path), second = File.ReadAllBytes(Build(stock, "b.img").Path);
        Assert.Equal(first, second);
        byte[] medium = File.ReadAllBytes(Build(stock, "c.img", options => options with { RootMode = RootMode.Medium }).Path);
        Assert.NotEqual(first.AsSpan(440, 4).ToArray(), medium.AsSpan(440, 4).ToArray());
    }

    [Fact]
    public void Opened_image_says_the_same_as_the_built_one()
    {
        LiveImage live = Build(SyntheticStock.TrixieArmhf());
        Assert.Equivalent(live, LiveImageFile.Open(live.Path), strict: true);
    }

    [Fact]
    public void Level_above_the_codecs_highest_counts_as_its_highest()
    {
        string stock = SyntheticStock.Bullseye().Write(_folder);
        byte[] nine = File.ReadAllBytes(Build(stock, "a.img", options => options with { CompressionLevel = 9 }).Path);
        Assert.Equal(nine, File.ReadAllBytes(Build(stock, "b.img", options => options with { CompressionLevel = 19 }).Path));
    }

    [Fact]
    public void Zstd_that_a_kernel_cannot_read_is_refused_by_the_kernels_name() =>
        AssertFails(SyntheticStock.Bullseye(), ErrorIds.KernelFeatureMissing, "kernel.img", options => options with { Compression = RootCompression.Zstd });

    [Fact]
    public void Image_without_busybox_is_refused()
    {
        SyntheticStock stock = SyntheticStock.TrixieArmhf();
        TreePath.FindDirectory(stock.Root, "usr/bin")!.Children.Remove("busybox");
        AssertFails(stock, ErrorIds.BusyBoxMissing, "busybox");
    }

    [Fact]
    public void Busybox_of_the_host_does_where_the_image_has_none()
    {
        SyntheticStock stock = SyntheticStock.TrixieArmhf();
        byte[] program = TreePath.FindFile(stock.Root, "usr/bin/busybox")!.Content.ReadAll();
        TreePath.FindDirectory(stock.Root, "usr/bin")!.Children.Remove("busybox");
        File.WriteAllBytes(_folder["busybox"], program);
        Build(stock, options => options with { BusyBoxPath = _folder["busybox"] });
    }

    [Fact]
    public void Image_without_kernel_is_refused()
    {
        SyntheticStock stock = SyntheticStock.Debian();
        stock.Boot.Children.Remove("vmlinuz-6.1.0-50-arm64");
        AssertFails(stock, ErrorIds.KernelMissing, "kernel");
    }

    [Fact]
    public void Kernel_without_modules_is_refused_by_name()
    {
        SyntheticStock stock = SyntheticStock.TrixieArmhf();
        TreePath.FindDirectory(stock.Root, "usr/lib/modules")!.Children.Remove("6.12.47+rpt-rpi-v7");
        AssertFails(stock, ErrorIds.ModulesMissing, "kernel7.img");
    }

    [Fact]
    public void Kernel_without_squashfs_is_refused_by_name()
    {
        SyntheticStock stock = SyntheticStock.TrixieArmhf();
        stock.Root.With("usr/lib/modules/6.12.47+rpt-rpi-v7/modules.dep", "kernel/overlay.ko:\n");
        AssertFails(stock, ErrorIds.KernelFeatureMissing, "6.12.47+rpt-rpi-v7");
    }

    [Fact]
    public void Root_without_an_operating_system_is_refused() =>
        AssertFails(SyntheticStock.TrixieArmhf() with { Root = new DirectoryNode().With("data", "x") }, ErrorIds.OperatingSystemMissing, "");

    [Fact]
    public void Wrong_partition_types_are_refused_by_what_is_there()
    {
        AssertFails(SyntheticStock.TrixieArmhf() with { BootType = 0x83 }, ErrorIds.BootPartitionMissing, "0x83");
        AssertFails(SyntheticStock.TrixieArmhf() with { RootType = 0x0B }, ErrorIds.RootPartitionMissing, "0x0B");
    }

    [Fact]
    public void Live_image_is_no_input_and_stock_image_is_no_live_image()
    {
        string stock = SyntheticStock.TrixieArmhf().Write(_folder);
        AssertFails(Build(stock, "live.img").Path, ErrorIds.AlreadyLive, "live");
        Assert.Equal(ErrorIds.NotLive, Assert.Throws<ImageException>(() => LiveImageFile.Open(stock)).ErrorId);
    }

    [Fact]
    public void Garbage_is_refused()
    {
        File.WriteAllBytes(_folder["noise.img"], RandomBytes(1 << 20));
        AssertFails(_folder["noise.img"], ErrorIds.NotPartitioned, "");
        File.WriteAllBytes(_folder["empty.img"], []);
        AssertFails(_folder["empty.img"], ErrorIds.NotPartitioned, "");
    }

    [Fact]
    public void Image_cut_short_anywhere_is_refused()
    {
        byte[] whole = File.ReadAllBytes(SyntheticStock.TrixieArmhf().Write(_folder));
        for (int length = 0; length < whole.Length; length += whole.Length / 37)
        {
            File.WriteAllBytes(_folder["cut.img"], whole[..length]);
            AssertFails(_folder["cut.img"], null, "cut.img");
        }
    }

    [Fact]
    public void Full_disk_ends_in_a_clear_error_and_no_file()
    {
        Tools.RequireRoot();
        string stock = SyntheticStock.TrixieArmhf().Write(_folder);
        Directory.CreateDirectory(_folder["small"]);
        Tools.Run("mount", "-t", "tmpfs", "-o", "size=32k", "rpilive-test", _folder["small"]);
        try
        {
            ImageException error = Assert.Throws<ImageException>(() => Build(stock, "small/live.img"));
            Assert.Equal(ErrorIds.DestinationFull, error.ErrorId);
            Assert.Empty(Directory.GetFileSystemEntries(_folder["small"]));
        }
        finally
        {
            Tools.Run("umount", _folder["small"]);
        }
    }

    [Fact]
    public void Existing_destination_stays_without_overwrite_and_when_the_build_fails()
    {
        string stock = SyntheticStock.TrixieArmhf().Write(_folder);
        File.WriteAllText(_folder["live.img"], "mine");
        Assert.Equal(ErrorIds.DestinationExists, Assert.Throws<ImageException>(() => Build(stock, "live.img")).ErrorId);
        File.WriteAllBytes(_folder["noise.img"], RandomBytes(1 << 20));
        Assert.Throws<ImageException>(() => Build(_folder["noise.img"], "live.img", options => options with { Overwrite = true }));
        Assert.Equal("mine", File.ReadAllText(_folder["live.img"]));
        Build(stock, "live.img", options => options with { Overwrite = true });
        Assert.NotEqual("mine".Length, new FileInfo(_folder["live.img"]).Length);
    }

    [Fact]
    public void Cancelled_build_leaves_nothing()
    {
        string stock = SyntheticStock.TrixieArmhf().Write(_folder);
        using CancellationTokenSource stop = new();
        ForwardedProgress<BuildProgress> progress = new(report =>
        {
            if (report.Stage == BuildStage.Root)
                stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => new LiveImageBuilder(new ThirdPartyCodecs())
            .Build(new LiveImageOptions { SourcePath = stock, DestinationPath = _folder["live.img"] }, progress, stop.Token));
        Assert.Empty(Directory.GetFiles(_folder.Path, "live.img*"));
    }

    [Fact]
    public void Damaged_images_end_in_an_image_or_a_clear_error()
    {
        byte[] whole = File.ReadAllBytes(SyntheticStock.TrixieArmhf().Write(_folder));
        // The table; boot sector, FATs and root directory; superblock, descriptors, inodes and directories.
        Range[] hot = [440..512, (1 << 20)..((1 << 20) + 20_000), (5 << 20)..((5 << 20) + 300_000)];
        int failed = 0;
        for (int seed = 0; seed < Seeds.Count / 10; seed++)
        {
            File.WriteAllBytes(_folder["damaged.img"], Mutations.Damage(whole, seed, hot));
            try
            {
                Build(_folder["damaged.img"], "live.img", options => options with { Overwrite = true, CompressionLevel = 1 });
            }
            catch (ImageException error)
            {
                failed++;
                Assert.NotEmpty(error.ErrorId);
                Assert.NotEmpty(error.RecommendedAction);
                Assert.Empty(Directory.GetFiles(_folder.Path, "*.partial"));
            }
        }
        Assert.NotEqual(0, failed);
    }

    public void Dispose() => _folder.Dispose();

    private static DirectoryNode ReadBoot(LiveImage live)
    {
        MemorySource source = new(File.ReadAllBytes(live.Path), live.Path);
        return BootVolume.Open(BootVolume.Find(MasterBootRecord.Read(source), source), source).ReadTree(TestContext.Current.CancellationToken);
    }

    private static string Text(DirectoryNode boot, string path) => Encoding.UTF8.GetString(FatPath.FindFile(boot, path)!.Content.ReadAll());

    private static byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private LiveImage Build(SyntheticStock stock, Func<LiveImageOptions, LiveImageOptions>? change = null) => Build(stock.Write(_folder), "live.img", change);

    private LiveImage Build(string stock, string name, Func<LiveImageOptions, LiveImageOptions>? change = null)
    {
        LiveImageOptions options = new() { SourcePath = stock, DestinationPath = _folder[name], Threads = 2 };
        return new LiveImageBuilder(new ThirdPartyCodecs()).Build(change?.Invoke(options) ?? options, progress: null, TestContext.Current.CancellationToken);
    }

    private void AssertFails(SyntheticStock stock, string? errorId, string named, Func<LiveImageOptions, LiveImageOptions>? change = null) =>
        AssertFails(stock.Write(_folder), errorId, named, change);

    private void AssertFails(string stock, string? errorId, string named, Func<LiveImageOptions, LiveImageOptions>? change = null)
    {
        ImageException error = Assert.Throws<ImageException>(() => Build(stock, "failed.img", change));
        Assert.Equal(errorId ?? error.ErrorId, error.ErrorId);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.RecommendedAction);
        Assert.Empty(Directory.GetFiles(_folder.Path, "failed.img*"));
    }
}
