using System.IO.Compression;
using System.Text;
using RpiLive.Core.Cpio;
using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Elf;
using RpiLive.Tests.Kernel;
using RpiLive.Tests.SquashFs;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Initramfs;

public sealed class InitramfsTests
{
    private const string Release = "6.12.47+rpt-rpi-v8";

    private static readonly KernelFlavour s_flavour = new("v8", Release, "kernel8.img", "initramfs8", KernelArchitecture.Arm64);

    [Fact]
    public void Cpio_unpacks_an_initramfs_with_all_that_the_boot_needs()
    {
        Tools.Require("cpio", "sh", "gzip");
        using TemporaryFolder folder = new();
        byte[] initramfs = Build(Root());
        Assert.Equal(0, initramfs.Length % 4);
        File.WriteAllBytes(folder["initramfs"], initramfs);
        Tools.Shell($"cd '{folder.Path}'; gzip -dcq <initramfs >cpio || [ $? -eq 2 ]; mkdir out; cd out; cpio -i --quiet --no-preserve-owner <../cpio");
        Assert.Equal(BootScripts.Read("init"), File.ReadAllBytes(folder["out/init"]));
        Assert.Equal(BootScripts.Parts().Select(part => part["parts/".Length..]), Directory.GetFiles(folder["out/lib/rpilive"]).Select(Path.GetFileName).Order());
        Assert.Matches("^version=[0-9.]+\nflavour=v8\nrelease=6\\.12\\.47\\+rpt-rpi-v8\nvolume=0BCD-00FF\n$", File.ReadAllText(folder["out/etc/rpilive/build"]));
        Assert.Equal("busybox", File.ResolveLinkTarget(folder["out/bin/switch_root"], false)!.Name);
        Assert.Equal("/bin/busybox", new FileInfo(folder["out/sbin/modprobe"]).LinkTarget);
        Assert.True(File.Exists(folder["out/lib/ld-linux-aarch64.so.1"]) && File.Exists(folder["out/lib/aarch64-linux-gnu/libc.so.6"]));
        Assert.Equal("755 755", Tools.Shell($"cd '{folder["out"]}'; echo $(stat -c %a init bin/busybox)").Trim());
        Assert.All((string[])["proc", "sys", "dev", "run", "tmp", "root"], name => Assert.True(Directory.Exists(folder["out/" + name])));
        string modules = folder[$"out/lib/modules/{Release}"];
        Assert.Equal(KernelSample.Module(Release), File.ReadAllBytes(Path.Join(modules, "kernel/squashfs.ko")));
        Assert.False(File.Exists(Path.Join(modules, "kernel/radio.ko")));
        Assert.Equal("kernel/crc32c_generic.ko:\nkernel/fat.ko:\nkernel/loop.ko:\nkernel/overlay.ko:\nkernel/squashfs.ko:\nkernel/uas.ko: kernel/usb-storage.ko\n"
            + "kernel/usb-storage.ko:\nkernel/vfat.ko: kernel/fat.ko\n", File.ReadAllText(Path.Join(modules, "modules.dep")));
        Assert.Equal("alias usb:v*ic08* usb_storage\nalias crypto-crc32c crc32c_generic\nalias fs-vfat vfat\n", File.ReadAllText(Path.Join(modules, "modules.alias")));
        Assert.Equal("softdep vfat pre: crypto-crc32c\n", File.ReadAllText(Path.Join(modules, "modules.softdep")));
        Assert.Equal("crc32c_generic\nsquashfs\noverlay\nloop\nvfat\nusb_storage\nuas\n", File.ReadAllText(folder["out/etc/rpilive/modules"]));
    }

    [Fact]
    public void The_images_programs_for_stores_come_along_with_their_libraries()
    {
        byte[] tool = new ElfSample { Interpreter = "/lib/ld-linux-aarch64.so.1", Needed = ["libext2fs.so.2", "libc.so.6"] }.Build();
        DirectoryNode root = Root().With("usr/sbin/e2fsck", tool).With("sbin/blkid", tool)
            .With("usr/sbin/mke2fs", new ElfSample { Machine = ElfMachine.X64 }.Build())
            .With("usr/sbin/resize2fs", new ElfSample { Interpreter = "/lib/ld-linux-aarch64.so.1", Needed = ["libgone.so.1"] }.Build())
            .With("usr/lib/aarch64-linux-gnu/libext2fs.so.2", new ElfSample().Build());
        InitramfsBuilder builder = new(new ToolCodecs());
        byte[] initramfs = builder.Build(Request(root), TestContext.Current.CancellationToken);
        using MemoryStream plain = new();
        using (GZipStream gzip = new(new MemoryStream(initramfs), CompressionMode.Decompress))
            gzip.CopyTo(plain);
        string[] names = [.. CpioReader.Read(plain.ToArray(), "initramfs").Select(entry => entry.Name)];
        Assert.Equal(["sbin/blkid", "sbin/e2fsck", "sbin/modprobe"], names.Where(name => name.StartsWith("sbin/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("usr/lib/aarch64-linux-gnu/libext2fs.so.2", names);
        Assert.Contains("etc/e2fsck.conf", names);
        Assert.Collection(builder.Warnings,
            warning => Assert.Contains("resize2fs in the live image, and the stock image has one that cannot be used (The library libgone.so.1", warning, StringComparison.Ordinal),
            warning => Assert.Contains("mke2fs in the live image, and the stock image has none", warning, StringComparison.Ordinal));
        builder.Build(Request(root), TestContext.Current.CancellationToken);
        Assert.Equal(2, builder.Warnings.Count);
    }

    [Theory]
    [InlineData("6.1.21-v8+", new[] { "842", "842_compress", "crc16", "deflate", "lz4", "lz4_compress", "lzo_rle", "zram", "zsmalloc", "zstd" })]
    [InlineData("6.9.0", new[] { "842", "842_compress", "crc16", "deflate", "lz4", "lz4_compress", "lzo_rle", "zram", "zsmalloc", "zstd" })]
    [InlineData("6.12.0", new[] { "crc16", "lz4_compress", "zram", "zsmalloc" })]
    [InlineData("10.0.1", new[] { "crc16", "lz4_compress", "zram", "zsmalloc" })]
    public void Zram_comes_along_with_its_compressors_and_waits_to_be_asked_for(string release, string[] expected)
    {
        DirectoryNode root = WithZram(Root(release), release);
        ModuleTree modules = ModuleTree.Open(root, release, new ToolCodecs())!;
        string[] before = [.. LiveModules.Choose(ModuleTree.Open(Root(release), release, new ToolCodecs())!, s_flavour).Select(module => module.Name)];
        string[] chosen = [.. LiveModules.Choose(modules, s_flavour).Select(module => module.Name)];
        Assert.Equal(expected, chosen.Except(before).Order(StringComparer.Ordinal));
        Assert.Empty(before.Except(chosen));
        Assert.True(chosen.IndexOf("zsmalloc") < chosen.IndexOf("zram"));
        Assert.Equal(["crc32c_generic", "squashfs", "overlay", "loop", "vfat", "usb_storage", "uas"], LiveModules.LoadList(modules));
        // By the name that the kernel asks for.
        Assert.Contains("alias crypto-lz4 lz4", modules.AliasLines("modules.alias", new HashSet<string>(["lz4"])));
    }

    [Fact]
    public void Compressors_for_a_zram_that_is_built_in_come_along_and_without_zram_none_do()
    {
        const string OldRelease = "6.1.21-v8+";
        string folder = $"lib/modules/{OldRelease}/";
        DirectoryNode root = WithZram(Root(OldRelease), OldRelease);
        string listed = Encoding.UTF8.GetString(TreePath.FindFile(root, folder + "modules.dep")!.Content.ReadAll());
        root.With(folder + "modules.dep", string.Concat(listed.Split('\n').Where(line => !line.StartsWith("kernel/zram.ko", StringComparison.Ordinal)).Select(line => line + "\n")));
        Assert.DoesNotContain(Chosen(), name => name is "zstd" or "lz4" or "zsmalloc");
        root.With(folder + "modules.builtin", "kernel/nls_cp437.ko\nkernel/nls_ascii.ko\nkernel/zram.ko\n");
        Assert.Contains("zstd", Chosen());

        string[] Chosen() => [.. LiveModules.Choose(ModuleTree.Open(root, OldRelease, new ToolCodecs())!, s_flavour).Select(module => module.Name)];
    }

    [Fact]
    public void The_modprobe_of_busybox_finds_its_way_in_the_pruned_indexes()
    {
        Tools.Require("cpio", "sh", "gzip", "chroot");
        Tools.RequireRoot();
        string release = Tools.Run("uname", "-r").Trim();
        Assert.SkipUnless(KernelRelease.IsValid(release), "This host's kernel has an odd release.");
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["initramfs"], new InitramfsBuilder(new ToolCodecs()).Build(
            new() { Root = Root(release), Flavour = s_flavour with { Release = release }, VolumeId = 1 }, TestContext.Current.CancellationToken));
        Tools.Shell($"cd '{folder.Path}'; gzip -dcq <initramfs >cpio || [ $? -eq 2 ]; mkdir out; cd out; cpio -i --quiet --no-preserve-owner <../cpio; cp {BootShell.BusyBoxPath} busybox-host");
        string shown = Tools.Run("chroot", folder["out"], "/busybox-host", "modprobe", "-D", "-a", "uas", "fs-vfat", "usb:v1ic08x", "crypto-crc32c");
        Assert.Equal(["usb-storage", "uas", "fat", "vfat", "usb-storage", "crc32c_generic"],
            shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Path.GetFileNameWithoutExtension(line.Trim())));
        Assert.Contains("nls_cp437 is builtin", Tools.TryRun("chroot", folder["out"], "/busybox-host", "modprobe", "-D", "nls_cp437").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_request_gives_the_same_bytes() => Assert.Equal(Build(Root()), Build(Root()));

    [Fact]
    public void The_padding_hides_nothing_from_our_own_reader()
    {
        using MemoryStream plain = new();
        using (GZipStream gzip = new(new MemoryStream(Build(Root())), CompressionMode.Decompress))
            gzip.CopyTo(plain);
        IReadOnlyList<CpioEntry> entries = CpioReader.Read(plain.ToArray(), "initramfs");
        Assert.Equal(entries.Count, entries.Select(entry => entry.Name).Distinct().Count());
        Assert.All(entries, entry => Assert.Equal(0u, entry.ModifiedTime));
    }

    [Theory]
    [InlineData("squashfs", "squashfs")]
    [InlineData("overlay", "overlay")]
    [InlineData("loop", "loop")]
    [InlineData("vfat", "vfat")]
    [InlineData("nls_cp437", "code page 437")]
    [InlineData("nls_ascii", "a character set")]
    public void A_kernel_that_lacks_a_feature_is_named_with_it(string module, string feature)
    {
        DirectoryNode root = Root();
        foreach (string file in (string[])["modules.dep", "modules.builtin"])
        {
            string path = $"lib/modules/{Release}/{file}";
            string text = Encoding.UTF8.GetString(TreePath.FindFile(root, path)!.Content.ReadAll());
            root.With(path, string.Concat(text.Split('\n').Where(line => !line.StartsWith($"kernel/{module}.ko", StringComparison.Ordinal)).Select(line => line + "\n")));
        }
        ImageException error = Assert.Throws<ImageException>(() => Build(root));
        Assert.Equal(ErrorIds.KernelFeatureMissing, error.ErrorId);
        Assert.Contains($"kernel8.img ({Release}) has {feature}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Built_in_features_need_no_module()
    {
        DirectoryNode root = Root();
        root.With($"lib/modules/{Release}/modules.dep", "").With($"lib/modules/{Release}/modules.softdep", "")
            .With($"lib/modules/{Release}/modules.builtin", string.Concat(((string[])["squashfs", "overlay", "loop", "vfat", "nls_cp437", "nls_utf8"]).Select(name => $"kernel/{name}.ko\n")));
        Assert.NotEmpty(Build(root));
    }

    [Fact]
    public void Without_modules_or_busybox_there_is_no_initramfs()
    {
        Assert.Equal(ErrorIds.ModulesMissing, Assert.Throws<ImageException>(() => Build(new DirectoryNode())).ErrorId);
        DirectoryNode root = Root();
        ((DirectoryNode)TreePath.Find(root, "usr/bin")!).Children.Remove("busybox");
        Assert.Equal(ErrorIds.BusyBoxMissing, Assert.Throws<ImageException>(() => Build(root)).ErrorId);
    }

    [Theory]
    [InlineData(ElfMachine.Arm64, KernelArchitecture.Arm64, true)]
    [InlineData(ElfMachine.Arm, KernelArchitecture.Arm64, true)]
    [InlineData(ElfMachine.Arm, KernelArchitecture.Arm, true)]
    [InlineData(ElfMachine.Arm64, KernelArchitecture.Arm, false)]
    [InlineData(ElfMachine.X64, KernelArchitecture.Arm64, false)]
    [InlineData(ElfMachine.X86, KernelArchitecture.Arm, false)]
    public void A_busybox_must_run_on_the_kernel(ElfMachine machine, KernelArchitecture kernel, bool suitable)
    {
        InitramfsRequest request = Request(Root()) with
        {
            Flavour = s_flavour with { Architecture = kernel }, BusyBox = new MemoryContent(Program(BusyBox.RequiredApplets, machine)), BusyBoxName = "mine",
        };
        if (suitable)
            Assert.Equal(machine, BusyBox.Choose(request).Elf.Machine);
        else
            Assert.Contains("mine is for " + machine, Unsuitable(request), StringComparison.Ordinal);
    }

    [Fact]
    public void A_busybox_must_have_the_applets_of_the_boot()
    {
        Assert.Contains("lacks applets that the boot needs: losetup, mount",
            Unsuitable(With(Program(BusyBox.RequiredApplets.Where(name => name is not ("losetup" or "mount"))))), StringComparison.Ordinal);
        Assert.Contains("holds no list of applets", Unsuitable(With(Program(["mount", "sh"]))), StringComparison.Ordinal);
        Assert.Contains("no program for Linux", Unsuitable(With("MZ this is something else"u8.ToArray())), StringComparison.Ordinal);

        static InitramfsRequest With(byte[] busyBox) => Request(Root()) with { BusyBox = new MemoryContent(busyBox), BusyBoxName = "mine" };
    }

    [Fact]
    public void The_applets_of_the_hosts_busybox_are_those_that_it_lists()
    {
        string[] listed = Tools.Run(BootShell.BusyBoxPath, "--list").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(listed.Except(["busybox"]).Order(StringComparer.Ordinal),
            BusyBox.ReadApplets(File.ReadAllBytes(BootShell.BusyBoxPath)).Except(["busybox"]).Order(StringComparer.Ordinal));
        Assert.Empty(BusyBox.RequiredApplets.Except(listed));
    }

    [Theory]
    [InlineData("/init")]
    [InlineData("/lib/../bin/busybox")]
    [InlineData("/lib/rpilive/00-base.sh")]
    [InlineData("/lib/modules/x")]
    public void A_forged_loader_path_takes_no_place_of_ours(string interpreter)
    {
        DirectoryNode root = Root().With(interpreter.Replace("lib/../", "", StringComparison.Ordinal), new ElfSample().Build());
        InitramfsRequest request = Request(root) with { BusyBox = new MemoryContent(Program(BusyBox.RequiredApplets, interpreter: interpreter)) };
        Assert.Equal(ErrorIds.BusyBoxUnsuitable, Assert.Throws<ImageException>(() => new InitramfsBuilder(new ToolCodecs()).Build(request, TestContext.Current.CancellationToken)).ErrorId);
    }

    [Fact]
    public void An_initramfs_that_some_firmware_could_not_load_is_refused()
    {
        byte[] noise = new byte[17 << 20];
        new Random(5).NextBytes(noise);
        DirectoryNode root = Root().With($"lib/modules/{Release}/kernel/overlay.ko", new ElfSample { Type = ElfType.Relocatable, Sections = [(".data", noise)] }.Build());
        Assert.Equal(ErrorIds.TooLarge, Assert.Throws<ImageException>(() => Build(root)).ErrorId);
    }

    [Fact]
    public void A_cancelled_build_ends() => Assert.Throws<OperationCanceledException>(() =>
        new InitramfsBuilder(new ToolCodecs()).Build(Request(Root()), new CancellationToken(true)));

    [Fact]
    public void Modules_of_any_size_do_not_fill_the_memory()
    {
        byte[] module = KernelSample.Module(Release);
        Array.Resize(ref module, 40 << 20);
        DirectoryNode root = Root();
        foreach (string name in (string[])["squashfs", "overlay"])
            root.With($"lib/modules/{Release}/kernel/{name}.ko", module);
        ImageException error = Assert.Throws<ImageException>(() => Build(root));
        Assert.Equal(ErrorIds.TooLarge, error.ErrorId);
        Assert.Contains("modules of " + Release, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Modules are read on a thread of their own, and the caller closes the image when the build has failed.</summary>
    [Fact]
    public void A_failed_build_leaves_nobody_reading()
    {
        DirectoryNode root = Root();
        using ManualResetEventSlim isReading = new();
        int reads = 0;
        string[] modules = ["squashfs", "overlay", "loop", "vfat", "fat", "uas", "crc32c_generic"];
        foreach (string name in modules)
        {
            ((DirectoryNode)TreePath.Find(root, $"/lib/modules/{Release}/kernel")!).Children[$"{name}.ko"] = new FileNode(new CountingContent(KernelSample.Module(Release), () =>
            {
                Interlocked.Increment(ref reads);
                isReading.Set();
                Thread.Sleep(200);
            }));
        }
        CountingContent noProgram = new(new byte[100], () => Assert.True(isReading.Wait(TimeSpan.FromMinutes(1))));
        Assert.Throws<ImageException>(() => new InitramfsBuilder(new ToolCodecs()).Build(
            Request(root) with { BusyBox = noProgram }, TestContext.Current.CancellationToken));
        int readsThen = Volatile.Read(ref reads);
        Assert.InRange(readsThen, 1, modules.Length - 1);
        Thread.Sleep(500);
        Assert.Equal(readsThen, Volatile.Read(ref reads));
    }

    [Fact]
    public void Damaged_roots_give_errors_and_nothing_else()
    {
        string[] paths = ["usr/bin/busybox", $"lib/modules/{Release}/modules.dep", $"lib/modules/{Release}/modules.alias", $"lib/modules/{Release}/modules.softdep",
            $"lib/modules/{Release}/kernel/loop.ko", "usr/lib/aarch64-linux-gnu/libc.so.6", "lib/ld-linux-aarch64.so.1"];
        for (int seed = 0; seed < Seeds.Count / 10; seed++)
        {
            DirectoryNode root = Root();
            FileNode file = TreePath.FindFile(root, paths[seed % paths.Length])!;
            file.Content = new MemoryContent(Mutations.Damage(file.Content.ReadAll(), seed));
            try
            {
                Build(root);
            }
            catch (ImageException)
            {
            }
        }
    }

    private static byte[] Build(DirectoryNode root) => new InitramfsBuilder(new ToolCodecs()).Build(Request(root), TestContext.Current.CancellationToken);

    private static InitramfsRequest Request(DirectoryNode root) => new() { Root = root, Flavour = s_flavour, VolumeId = 0x0BCD00FF };

    private static string Unsuitable(InitramfsRequest request)
    {
        ImageException error = Assert.Throws<ImageException>(() => BusyBox.Choose(request));
        Assert.Equal(ErrorIds.BusyBoxUnsuitable, error.ErrorId);
        return error.Message;
    }

    private static byte[] Program(IEnumerable<string> applets, ElfMachine machine = ElfMachine.Arm64, string? interpreter = null)
    {
        List<string> names = [.. applets.Order(StringComparer.Ordinal)];
        string rows = "\0garbage \0" + string.Concat(names.Select(name => name + "\0")) + "\0usage: x\0";
        return new ElfSample
        {
            Is64Bit = machine is ElfMachine.Arm64 or ElfMachine.X64, Machine = machine, Interpreter = interpreter, Needed = interpreter is null ? [] : ["libc.so.6"],
            Sections = [(".rodata", Encoding.ASCII.GetBytes(rows))],
        }.Build();
    }

    /// <summary>With zram as Debian builds it; its soft dependency is made up.</summary>
    private static DirectoryNode WithZram(DirectoryNode root, string release)
    {
        string folder = $"lib/modules/{release}/";
        foreach ((string file, string lines) in (ReadOnlySpan<(string, string)>)[
            ("modules.dep", "kernel/zram.ko: kernel/zsmalloc.ko kernel/lz4_compress.ko\nkernel/zsmalloc.ko:\nkernel/lz4_compress.ko:\nkernel/lz4.ko: kernel/lz4_compress.ko\n"
                + "kernel/lzo-rle.ko:\nkernel/zstd.ko:\nkernel/842.ko: kernel/842_compress.ko\nkernel/842_compress.ko:\nkernel/deflate.ko:\nkernel/crc16.ko:\nkernel/lz4hc_other.ko:\n"),
            ("modules.alias", "alias crypto-lz4 lz4\n"), ("modules.softdep", "softdep zram pre: crc16\n")])
        {
            root.With(folder + file, Encoding.UTF8.GetString(TreePath.FindFile(root, folder + file)!.Content.ReadAll()) + lines);
        }
        foreach (string name in (string[])["zram", "zsmalloc", "lz4_compress", "lz4", "lzo-rle", "zstd", "842", "842_compress", "deflate", "crc16"])
            root.With($"{folder}kernel/{name}.ko", KernelSample.Module(release));
        return root;
    }

    private static DirectoryNode Root(string release = Release)
    {
        string folder = $"lib/modules/{release}/";
        DirectoryNode root = new DirectoryNode()
            .With("usr/bin/busybox", Program(BusyBox.RequiredApplets.Append("vi"), interpreter: "/lib/ld-linux-aarch64.so.1"))
            .With("lib/ld-linux-aarch64.so.1", new ElfSample().Build())
            .With("usr/lib/aarch64-linux-gnu/libc.so.6", new ElfSample { Needed = ["ld-linux-aarch64.so.1"] }.Build())
            .With("lib/aarch64-linux-gnu/libc.so.6", new ElfSample { Needed = ["ld-linux-aarch64.so.1"] }.Build())
            .With(folder + "modules.dep", "kernel/squashfs.ko:\nkernel/overlay.ko:\nkernel/loop.ko:\nkernel/vfat.ko: kernel/fat.ko\nkernel/fat.ko:\nkernel/usb-storage.ko.gz:\n"
                + "kernel/uas.ko: kernel/usb-storage.ko.gz\nkernel/crc32c_generic.ko:\nkernel/radio.ko:\n")
            .With(folder + "modules.builtin", "kernel/nls_cp437.ko\nkernel/nls_ascii.ko\n")
            .With(folder + "modules.alias", "# Aliases\nalias usb:v*ic08* usb_storage\nalias usb:v*radio radio\nalias crypto-crc32c crc32c_generic\nalias fs-vfat vfat\n")
            .With(folder + "modules.softdep", "softdep vfat pre: crypto-crc32c\nsoftdep radio pre: loop\n");
        foreach (string name in (string[])["squashfs", "overlay", "loop", "vfat", "fat", "uas", "crc32c_generic", "radio"])
            root.With($"{folder}kernel/{name}.ko", KernelSample.Module(release));
        return root.With(folder + "kernel/usb-storage.ko.gz", KernelSample.Gzip(KernelSample.Module(release)));
    }
}
