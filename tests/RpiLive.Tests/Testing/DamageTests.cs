using System.Buffers.Binary;
using System.Text;
using RpiLive.Core.Cpio;
using RpiLive.Core.Elf;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Testing;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Elf;
using RpiLive.Tests.Kernel;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Testing;

/// <summary>Deliberate damage to good images, each found by the check that is about it.</summary>
public sealed class DamageTests(GoodImages images) : IClassFixture<GoodImages>, IDisposable
{
    private const string V8 = "6.12.47+rpt-rpi-v8", V7 = "6.12.47+rpt-rpi-v7";
    private const string ModuleFolder = $"lib/modules/{V8}/";
    private const int BootVolume = 8 << 20, Sector = 512;

    private static readonly Dictionary<string, Damage> s_files = new(StringComparer.Ordinal)
    {
        ["root.squashfs is gone"] = new("LiveFiles", image => image.Delete("live/root.squashfs")),
        ["the settings are gone"] = new("LiveFiles", image => image.Delete("live/rpilive.conf")),
        ["image.json is cut short"] = new("ImageDocument", image => image.Put("live/image.json", image.Text("live/image.json")[..100])),
        ["image.json is of a later version"] = new("ImageDocument", image => image.Replace("live/image.json", "\"version\": 1", "\"version\": 99")),
        ["image.json has lists with nothing in them"] = new("ImageDocument", image => image.Replace("live/image.json", "\"edits\": [", "\"edits\": [ null,")),
        ["image.json has another length"] = new("ImageDocument", image => image.Replace("live/image.json", "\"root\": {\n    \"length\": ", "\"root\": {\n    \"length\": 1")),
        ["image.json names another release"] = new("ImageDocument", image => image.Replace("live/image.json", V8.Replace("+", "\\u002B", StringComparison.Ordinal), V8.Replace("+", "\\u002B", StringComparison.Ordinal).Replace("47", "48", StringComparison.Ordinal))),
        ["the kernel that image.json names is gone"] = new("ImageDocument", image => image.Delete("kernel7.img")),
        ["root.squashfs is cut short"] = new("RootContent", image => image.Put("live/root.squashfs", image.Bytes("live/root.squashfs")[..3000])),
        ["the superblock of the root is gone"] = new("RootContent", image => image.Put("live/root.squashfs", [.. new byte[96], .. image.Bytes("live/root.squashfs")[96..]])),
        ["a byte of the root is another one"] = new("RootChecksum", image => image.Put("live/root.squashfs", Flip(image.Bytes("live/root.squashfs"), 200))),
        ["a packed block of the root is damaged"] = new("RootContent", image => image.Put("live/root.squashfs", Flip(image.Bytes("live/root.squashfs"), 97, 24))),
        ["the SHA-256 of the root is another one"] = new("RootChecksum", image => image.Put("live/root.squashfs.sha256", new string('0', 64) + "  root.squashfs\n")),
        ["the root has no modules of a kernel"] = new("RootKernel", image => LiveWorkshop.Remove(image.Root, $"usr/lib/modules/{V7}")),
        ["the root has no init"] = new("RootInit", image => LiveWorkshop.Remove(image.Root, "usr/sbin/init")),
        ["init is for another processor"] = new("RootInit", image => image.Root.With("usr/lib/systemd/systemd", new ElfSample { Machine = ElfMachine.X64 }.Build())),
        ["a kernel reads no zstd"] = new("RootKernel", image => image.Root.With($"boot/config-{V8}", "CONFIG_SQUASHFS=m\n# CONFIG_SQUASHFS_ZSTD is not set\n")),

        ["config.txt is gone"] = new("BootConfiguration", image => image.Delete("config.txt")),
        ["config.txt has a line that is too long"] = new("BootConfiguration", image => image.Put("config.txt", image.Text("config.txt") + "dtoverlay=" + new string('x', 100) + "\n"), CheckResult.Warning),
        ["config.txt includes a file that is not there"] = new("BootConfiguration", image => image.Put("config.txt", image.Text("config.txt") + "include extra.txt\n"), CheckResult.Warning),
        ["config.txt has os_prefix"] = new("ModelBoot", image => image.Put("config.txt", "os_prefix=next/\n" + image.Text("config.txt"))),
        ["config.txt names a kernel that is not there"] = new("ModelBoot", image => image.Put("config.txt", image.Text("config.txt") + "[pi4]\nkernel=mine.img\n")),
        ["config.txt has no auto_initramfs any more"] = new("ModelBoot", image => image.Replace("config.txt", "auto_initramfs=1", "#auto_initramfs=1")),
        ["config.txt has no auto_initramfs for one model"] = new("ModelBoot", image => image.Put("config.txt", image.Text("config.txt") + "[pi3]\nauto_initramfs=0\n")),
        ["an initramfs is gone"] = new("ModelBoot", image => image.Delete("initramfs8")),
        ["the firmware of the Pi 4 is gone"] = new("ModelBoot", image => image.Delete("start4.elf")),
        ["the second stage of older models is gone"] = new("ModelBoot", image => image.Delete("bootcode.bin")),
        ["a device tree is gone"] = new("ModelBoot", image => image.Delete("bcm2711-rpi-4-b.dtb"), CheckResult.Warning),
        ["cmdline.txt is gone"] = new("CommandLine", image => image.Delete("cmdline.txt"), CheckResult.Warning),
        ["cmdline.txt has two lines"] = new("CommandLine", image => image.Put("cmdline.txt", "console=tty1\nrpilive.quiet=yes\n"), CheckResult.Warning),
        ["root= is back"] = new("CardWords", image => image.Put("cmdline.txt", "console=tty1 root=PARTUUID=11223344-02 rootwait\n")),
        ["the script of the first boot is back"] = new("CardWords", image => image.Put("cmdline.txt", "console=tty1 init=/usr/lib/raspberrypi-sys-mods/firstboot\n")),
        ["Imager's script is back"] = new("CardWords", image => image.Put("cmdline.txt", "console=tty1 systemd.run=/boot/firstrun.sh systemd.unit=kernel-command-line.target\n")),
        ["a shell is left in cmdline.txt"] = new("CardWords", image => image.Put("cmdline.txt", "console=tty1 rpilive.shell\n"), CheckResult.Warning),

        ["a stock initramfs is back, zstd"] = new("InitramfsLive", image => image.Put("initramfs8", [0x28, 0xB5, 0x2F, 0xFD, .. new byte[1000]])),
        ["a stock initramfs is back, gzip"] = new("InitramfsLive", image => image.Put("initramfs8", StockInitramfs())),
        ["an initramfs of another kernel"] = new("InitramfsLive", image => image.Put("initramfs8", image.Bytes("initramfs7"))),
        ["a kernel was updated"] = new("InitramfsLive", image => image.Put("kernel8.img", KernelSample.Arm64("6.12.62+rpt-rpi-v8"))),
        ["a kernel was added without an initramfs of its own"] = new("ModelBoot", image => image.Put("kernel_2712.img", KernelSample.Arm64("6.12.47+rpt-rpi-2712"))),
        ["a kernel was added with a stock initramfs"] = new("InitramfsLive", image =>
        {
            image.Put("kernel_2712.img", KernelSample.Arm64("6.12.47+rpt-rpi-2712"));
            image.Put("initramfs_2712", StockInitramfs());
        }),
        ["a stock initramfs lies behind ours in one file"] = new("InitramfsLive", image => image.Put("initramfs8", [.. image.Bytes("initramfs8"), .. StockInitramfs()])),
        ["a stock initramfs is loaded behind ours"] = new("ModelBoot", image =>
        {
            image.Put("initrd.img", StockInitramfs());
            image.Put("config.txt", image.Text("config.txt").Replace("auto_initramfs=1", "initramfs initramfs8,initrd.img followkernel", StringComparison.Ordinal));
        }),
        ["an initramfs has a damaged byte"] = new("InitramfsLive", image => image.Put("initramfs8", Flip(image.Bytes("initramfs8"), 2000))),
        ["an initramfs looks for another volume"] = new("InitramfsLive", image => image.EditInitramfs("initramfs8", Edit("etc/rpilive/build", text => text.Replace("volume=", "volume=0000-0001\nx=", StringComparison.Ordinal)))),
        ["an initramfs is not padded"] = new("InitramfsSize", image => image.Put("initramfs8", [.. image.Bytes("initramfs8"), 0]), CheckResult.Warning),
        ["a part of /init is another one"] = new("InitramfsScripts", image => image.EditInitramfs("initramfs8", Edit("lib/rpilive/60-root.sh", text => text + "\nrm -rf /\n"))),
        ["a part of /init is gone"] = new("InitramfsScripts", image => image.EditInitramfs("initramfs8", entry => entry.Name == "lib/rpilive/50-copy.sh" ? null : entry)),
        ["/init cannot be executed"] = new("InitramfsScripts", image => image.EditInitramfs("initramfs8", entry => entry.Name == "init" ? entry with { Mode = 0x81A4 } : entry)),
        ["busybox is for another processor"] = new("InitramfsPrograms", image => image.EditInitramfs("initramfs8", Swap("bin/busybox", new ElfSample { Machine = ElfMachine.X64 }.Build()))),
        ["busybox is for a processor of 64 bits under a kernel of 32"] = new("InitramfsPrograms", image => image.EditInitramfs("initramfs7", Swap("bin/busybox", BusyBoxFor(ElfMachine.Arm64)))),
        ["busybox cannot do what /init calls"] = new("InitramfsPrograms", image => image.EditInitramfs("initramfs8", Swap("bin/busybox", BusyBoxFor(ElfMachine.Arm, "losetup")))),
        ["busybox is no program"] = new("InitramfsPrograms", image => image.EditInitramfs("initramfs8", Swap("bin/busybox", "#!/bin/sh\n"u8.ToArray()))),
        ["a library is gone"] = new("InitramfsPrograms", image => image.EditInitramfs("initramfs8", entry => entry,
            new CpioEntry("sbin/e2fsck", 0x81ED, new ElfSample { Is64Bit = false, Machine = ElfMachine.Arm, Needed = ["libext2fs.so.2"] }.Build(), 0, 0, 0))),
        ["an applet leads nowhere"] = new("InitramfsPrograms", image => image.EditInitramfs("initramfs8", entry => entry.Name == "bin/mount" ? null : entry)),
        ["a module is gone"] = new("InitramfsModules", image => image.EditInitramfs("initramfs8", entry => entry.Name == ModuleFolder + "kernel/overlay.ko" ? null : entry)),
        ["a module is for another kernel"] = new("InitramfsModules", image => image.EditInitramfs("initramfs8", Swap(ModuleFolder + "kernel/overlay.ko", KernelSample.Module("6.6.31", ElfMachine.Arm64)))),
        ["a module is for another processor"] = new("InitramfsModules", image => image.EditInitramfs("initramfs8", Swap(ModuleFolder + "kernel/overlay.ko", KernelSample.Module(V8, ElfMachine.Arm)))),
        ["a module depends on one that is not there"] = new("InitramfsModules", image => image.EditInitramfs("initramfs8", Edit(ModuleFolder + "modules.dep", text => text.Replace("overlay.ko:", "overlay.ko: kernel/none.ko", StringComparison.Ordinal)))),
        ["a module is not in the list"] = new("InitramfsModules", image => image.EditInitramfs("initramfs8", Edit(ModuleFolder + "modules.dep", text => text.Replace("kernel/squashfs.ko:\n", "", StringComparison.Ordinal)))),
        ["modules.dep is gone"] = new("InitramfsModules", image => image.EditInitramfs("initramfs8", entry => entry.Name == ModuleFolder + "modules.dep" ? null : entry)),
        ["a module is not loaded"] = new("InitramfsModules", image => image.EditInitramfs("initramfs8", Edit("etc/rpilive/modules", text => text.Replace("overlay\n", "", StringComparison.Ordinal)))),

        ["a line of the settings is none"] = new("LiveSettings", image => image.Put("live/rpilive.conf", image.Text("live/rpilive.conf") + "rubbish\n")),
        ["a value of the settings is not allowed"] = new("LiveSettings", image => image.Put("live/rpilive.conf", image.Text("live/rpilive.conf") + "reserve=much\n")),
        ["a key of the settings is not known"] = new("LiveSettings", image => image.Put("live/rpilive.conf", image.Text("live/rpilive.conf") + "rot=ram\n"), CheckResult.Warning),
        ["a rule is inside of another"] = new("KeepRules", image => Keep(image, "keep=bind stick /var/log\nkeep=overlay stick /var/log/private\n")),
        ["a rule names what cannot be kept"] = new("KeepRules", image => Keep(image, "keep=overlay stick /proc\n")),
        ["a rule names what is not there"] = new("KeepRules", image => Keep(image, "keep=overlay stick /opt/app/data\n")),
        ["a rule names a link"] = new("KeepRules", image => Keep(image, "keep=overlay stick /var/spool/mail\n")),
        ["keeping is switched off by a file of Notepad's"] = new("KeepRules", image =>
        {
            Keep(image, "keep=overlay stick /var/log\n");
            image.Put("live/nokeep.txt", "");
        }, CheckResult.Warning),
        ["keeping is switched off by a file"] = new("KeepRules", image =>
        {
            Keep(image, "keep=overlay stick /var/log\n");
            image.Put("live/nokeep", "");
        }, CheckResult.Warning),
        ["a store is not there"] = new("Stores", image => image.Put("live/rpilive.conf", image.Text("live/rpilive.conf") + "store.card=partition\nkeep=overlay card /home\n")),
        ["a container is not there"] = new("Stores", image => image.Put("live/rpilive.conf", image.Text("live/rpilive.conf") + "store.file=folder\nkeep=overlay file /home\n")),
        ["a container is no file system"] = new("Stores", image =>
        {
            image.Put("live/rpilive.conf", image.Text("live/rpilive.conf") + "store.file=folder\nkeep=overlay file /home\n");
            image.Put("live/keep/store.ext4", new byte[100_000]);
        }),
        ["a store is not used"] = new("Stores", image => image.Put("live/rpilive.conf", image.Text("live/rpilive.conf") + "store.stick=usb\nstore.stick.label=KEEP\n"), CheckResult.Warning),
        ["zram compresses as the kernel cannot"] = new("Zram", image => image.Put("live/rpilive.conf", image.Text("live/rpilive.conf") + "zram=50%\nzram.algorithm=842\n")),

        ["fstab has a root"] = new("CardMounts", image => image.Root.With("etc/fstab", "/dev/mmcblk0p2 / ext4 defaults 0 1\n")),
        ["fstab mounts the boot volume for writing"] = new("CardMounts", image => image.Root.With("etc/fstab", "LABEL=bootfs /boot/firmware vfat defaults 0 2\n")),
        ["fstab swaps to the card"] = new("CardMounts", image => image.Root.With("etc/fstab", "/dev/mmcblk0p3 none swap sw 0 0\n")),
        ["a unit mounts the boot volume for writing"] = new("CardMounts", image => image.Root.With("etc/systemd/system/mnt.mount", "[Mount]\nWhat=/dev/mmcblk0p1\nWhere=/mnt\n")),
        ["a unit with blanks mounts the card"] = new("CardMounts", image => image.Root.With("etc/systemd/system/mnt.mount", "[Mount]\nWhat = /dev/mmcblk0p2\nWhere = /mnt\n")),
        ["a swap file is set up"] = new("CardMounts", image => image.Root.With("usr/lib/systemd/system/dphys-swapfile.service", "[Service]\nExecStart=/sbin/dphys-swapfile\n")),
        ["a unit resizes the root"] = new("RootResize", image => image.Root.With("usr/lib/systemd/system/rpi-resize.service", "[Service]\nExecStart=/bin/true\n")),
        ["a script resizes the root"] = new("RootResize", image => image.Root.With("etc/init.d/resize2fs_once", "#!/bin/sh\n")),
        ["the boot loader is updated"] = new("CardWriters", image => image.Root.With("usr/lib/systemd/system/rpi-eeprom-update.service", "[Service]\nExecStart=/bin/true\n")),
        ["the root has a machine id"] = new("SharedSecrets", image => image.Root.With("etc/machine-id", "0123456789abcdef0123456789abcdef\n"), CheckResult.Warning),
        ["the root has a random seed"] = new("SharedSecrets", image => image.Root.With("var/lib/systemd/random-seed", "x"), CheckResult.Warning),
        ["the root has SSH host keys"] = new("SshHostKeys", image => image.Root.With("etc/ssh/ssh_host_ed25519_key", "x"), CheckResult.Warning),
        ["the journal is on the card's side"] = new("Upkeep", image => LiveWorkshop.Remove(image.Root, "usr/lib/systemd/journald.conf.d/90-rpilive.conf"), CheckResult.Warning),
        ["the clock can start too early"] = new("Upkeep", image => LiveWorkshop.Remove(image.Root, "usr/lib/clock-epoch"), CheckResult.Warning),
        ["the root is without the command rpilive"] = new("Upkeep", image => LiveWorkshop.Remove(image.Root, "usr/bin/rpilive"), CheckResult.Warning),
        ["a user has no password"] = new("Passwords", image => image.Root.With("etc/shadow", "root::19000:0:99999:7:::\n"), CheckResult.Warning),
        ["a user has the password of old images"] = new("Passwords", image => image.Root.With("etc/shadow", $"pi:{Tools.Shell("openssl passwd -6 -salt saltsalt raspberry").Trim()}:19000:0:99999:7:::\n"), CheckResult.Warning),
        ["userconf.txt has a well-known password"] = new("Passwords", image => image.Put("userconf.txt", $"pi:{Tools.Shell("openssl passwd -5 -salt abc pi").Trim()}\n"), CheckResult.Warning),
        ["more RAM must stay free than there is"] = new("RamFit", image => image.Replace("live/rpilive.conf", "reserve=140", "reserve=900000"), CheckResult.Warning),
    };

    private static readonly Dictionary<string, ByteDamage> s_bytes = new(StringComparer.Ordinal)
    {
        ["the file is cut short"] = new("PartitionTable", file => file.SetLength(file.Length - (20 << 20))),
        ["the partition table has no signature"] = new("PartitionTable", file => Write(file, 510, 0, 0)),
        ["partitions overlap"] = new("PartitionTable", file => Write(file, 446 + 16 + 8, 0, 0x80, 0, 0)),
        ["a partition lies in the partition table"] = new("PartitionTable", file => Write(file, 446 + 32, 0, 0, 0, 0, 0x83, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0)),
        ["the boot partition has another type"] = new("BootVolume", file => Write(file, 446 + 4, 0x83)),
        ["the boot sector is gone"] = new("BootVolume", file => Write(file, BootVolume, new byte[Sector])),
        ["the copy of the boot sector is another one"] = new("BootVolumeTables", file => Write(file, BootVolume + (6 * Sector) + 3, 0x41), CheckResult.Warning),
        ["the second table is another one"] = new("BootVolumeTables", file => Write(file, Table(file, 1) + 400, 1, 2, 3, 0)),
        ["a chain runs into a free cluster"] = new("BootVolume", file => WriteBoth(file, 4 * First(file, "kernel8.img"), 0)),
        ["a chain runs out of the volume"] = new("BootVolume", file => WriteBoth(file, 4 * First(file, "kernel8.img"), 0x0FFFFF00)),
        ["two files share a chain"] = new("BootVolume", file => WriteBoth(file, 4 * First(file, "kernel8.img"), (uint)First(file, "kernel7.img"))),
        ["a chain ends in a circle"] = new("BootVolume", file => WriteBoth(file, 4 * First(file, "kernel8.img"), (uint)First(file, "kernel8.img"))),
        ["a chain is lost"] = new("BootVolumeClusters", file => WriteBoth(file, 4 * LastFreeCluster(file), 0x0FFFFFFF), CheckResult.Warning),
        ["the count of free clusters is wrong"] = new("BootVolumeClusters", file => Write(file, BootVolume + Sector + 488, 1, 0, 0, 0), CheckResult.Warning),
        ["the volume was not unmounted"] = new("BootVolumeLayout", file => Write(file, BootVolume + 65, 1), CheckResult.Warning),
        ["the volume says that it starts elsewhere"] = new("BootVolumeLayout", file =>
        {
            Write(file, BootVolume + 28, 63, 0, 0, 0);
            Write(file, BootVolume + (6 * Sector) + 28, 63, 0, 0, 0);
        }, CheckResult.Warning),
        ["the partition has an old type"] = new("BootVolumeLayout", file => Write(file, 446 + 4, 0x0B), CheckResult.Warning),
        ["the store has no superblock"] = new("Stores", file => Write(file, Store(file) + 1024, new byte[1024])),
        ["the store has another label"] = new("Stores", file => Write(file, Store(file) + 1024 + 0x78, "OTHER"u8.ToArray())),
        ["the superblock of the store has a wrong checksum"] = new("Stores", file => Write(file, Store(file) + 1024 + 0x50, 1)),
        ["the store's first descriptor is damaged"] = new("Stores", file => Write(file, Store(file) + 4096 + 4, 0xFF, 0xFF)),
        ["the store has an inode that is damaged"] = new("Stores", file => Write(file, Store(file) + (4096 * InodeTable(file)) + 256 + 4, 0xFF, 0xFF)),
        ["the store's bitmap has another count"] = new("Stores", file => Write(file, Store(file) + (4096 * BlockBitmap(file)) + 400, 0xFF, 0xFF, 0xFF)),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> FileDamages { get; } = [.. s_files.Keys];

    public static TheoryData<string> ByteDamages { get; } = [.. s_bytes.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(FileDamages))]
    public void Damage_to_files_is_found(string name)
    {
        Tools.Require("openssl");
        Damage damage = s_files[name];
        using LiveWorkshop image = new(images["trixie"]);
        damage.Make(image);
        // The document of two of them cannot be read any more.
        string path = name.StartsWith("image.json is", StringComparison.Ordinal) || name.StartsWith("image.json has lists", StringComparison.Ordinal) ? image.Assemble(_folder, "damaged.img") : image.Write(_folder, "damaged.img");
        AssertFound(LiveWorkshop.Test(path), damage.Check, damage.Result);
    }

    [Theory]
    [MemberData(nameof(ByteDamages))]
    public void Damage_to_bytes_is_found(string name)
    {
        ByteDamage damage = s_bytes[name];
        File.Copy(images["stores"], _folder["damaged.img"]);
        using (FileStream file = new(_folder["damaged.img"], FileMode.Open, FileAccess.ReadWrite))
            damage.Make(file);
        AssertFound(LiveWorkshop.Test(_folder["damaged.img"]), damage.Check, damage.Result);
    }

    [Fact]
    public void A_device_tree_that_a_required_board_needs_is_a_failure()
    {
        using LiveWorkshop image = new(images["trixie"]);
        image.Delete("bcm2711-rpi-4-b.dtb");
        ImageTestReport report = LiveWorkshop.Test(image.Write(_folder, "damaged.img"), new ImageTestOptions { Models = [.. ModelRequirement.Parse("Pi 4B 4GB")] });
        Assert.Contains(report.Checks, check => check is { Kind.Id: "ModelBoot", Subject: "Pi 4B", Result: CheckResult.Failed });
    }

    [Fact]
    public void A_stock_image_is_no_live_image()
    {
        string path = Imaging.SyntheticStock.Debian().Write(_folder);
        ImageTestReport report = LiveWorkshop.Test(path);
        Assert.Contains(report.Checks, check => check is { Kind.Id: "LiveFiles", Result: CheckResult.Failed } && check.Action!.Contains("New-RpiLiveImage", StringComparison.Ordinal));
    }

    private static void AssertFound(ImageTestReport report, string check, CheckResult result)
    {
        Assert.True(report.Checks.Any(found => found.Kind.Id == check && found.Result == result), $"{check} does not tell of it:\n{LiveWorkshop.Describe(report)}");
        Assert.Equal(report.IsValid, report.Checks.All(found => found.Result != CheckResult.Failed));
        Assert.DoesNotContain(report.Checks, found => found.Message.Contains("unexpectedly", StringComparison.Ordinal));
        if (result == CheckResult.Warning)
            Assert.True(report.IsValid, LiveWorkshop.Describe(report));
    }

    private static byte[] Flip(byte[] bytes, int offset, int count = 1)
    {
        for (int i = 0; i < count; i++)
            bytes[offset + i] ^= 0x55;
        return bytes;
    }

    private static byte[] StockInitramfs()
    {
        using MemoryStream archive = new();
        CpioWriter writer = new(archive);
        writer.AddFile("init", "#!/bin/sh\n"u8, 0x1ED);
        writer.AddFile("conf/arch.conf", ""u8);
        writer.Finish();
        return KernelSample.Gzip(archive.ToArray());
    }

    private static byte[] BusyBoxFor(ElfMachine machine, string without = "")
    {
        string names = "\0" + string.Concat(BusyBox.RequiredApplets.Where(applet => applet != without).Order(StringComparer.Ordinal).Select(applet => applet + "\0")) + "\0";
        return new ElfSample { Is64Bit = machine == ElfMachine.Arm64, Machine = machine, Sections = [(".rodata", Encoding.ASCII.GetBytes(names))] }.Build();
    }

    private static Func<CpioEntry, CpioEntry?> Edit(string name, Func<string, string> change) =>
        entry => entry.Name == name ? entry with { Content = Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(entry.Content.Span))) } : entry;

    private static Func<CpioEntry, CpioEntry?> Swap(string name, byte[] content) => entry => entry.Name == name ? entry with { Content = content } : entry;

    private static void Keep(LiveWorkshop image, string rules) =>
        image.Put("live/rpilive.conf", image.Text("live/rpilive.conf") + "store.stick=usb\nstore.stick.label=KEEP\n" + rules);

    private static void Write(FileStream file, long offset, params byte[] bytes)
    {
        file.Position = offset;
        file.Write(bytes);
    }

    private static byte[] Read(FileStream file, long offset, int count)
    {
        byte[] bytes = new byte[count];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static uint Number(FileStream file, long offset) => BinaryPrimitives.ReadUInt32LittleEndian(Read(file, offset, 4));

    /// <summary>Where a file allocation table starts: behind the reserved sectors and the tables before it.</summary>
    private static long Table(FileStream file, int number) =>
        BootVolume + (Sector * (BinaryPrimitives.ReadUInt16LittleEndian(Read(file, BootVolume + 14, 2)) + ((long)number * Number(file, BootVolume + 36))));

    private static void WriteBoth(FileStream file, long offset, uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Write(file, Table(file, 0) + offset, bytes);
        Write(file, Table(file, 1) + offset, bytes);
    }

    /// <summary>The first cluster of a file of the root directory, found by its short name.</summary>
    private static long First(FileStream file, string name)
    {
        long root = Table(file, 2) + ((Number(file, BootVolume + 44) - 2L) * 4096);
        byte[] directory = Read(file, root, 4096);
        string[] parts = name.ToUpperInvariant().Split('.');
        byte[] wanted = Encoding.ASCII.GetBytes(parts[0].PadRight(8) + parts[1].PadRight(3));
        for (int i = 0; i < directory.Length; i += 32)
        {
            if (directory.AsSpan(i, 11).SequenceEqual(wanted))
                return BinaryPrimitives.ReadUInt16LittleEndian(directory.AsSpan(i + 26)) | ((long)BinaryPrimitives.ReadUInt16LittleEndian(directory.AsSpan(i + 20)) << 16);
        }
        throw new InvalidOperationException(name);
    }

    /// <summary>The last cluster but two that is free.</summary>
    private static long LastFreeCluster(FileStream file)
    {
        long sectors = Number(file, BootVolume + 32), data = (Table(file, 2) - BootVolume) / Sector;
        long cluster = ((sectors - data) / 8) + 1 - 2;
        Assert.Equal(0u, Number(file, Table(file, 0) + (4 * cluster)));
        return cluster;
    }

    private static long Store(FileStream file) => Sector * (long)Number(file, 446 + 16 + 8);

    private static long BlockBitmap(FileStream file) => Number(file, Store(file) + 4096);

    private static long InodeTable(FileStream file) => Number(file, Store(file) + 4096 + 8);

    /// <summary>A change of files, and the check that finds it.</summary>
    private sealed record Damage(string Check, Action<LiveWorkshop> Make, CheckResult Result = CheckResult.Failed);

    /// <summary>A change of bytes, and the check that finds it.</summary>
    private sealed record ByteDamage(string Check, Action<FileStream> Make, CheckResult Result = CheckResult.Failed);
}
