using System.Globalization;
using System.Text;
using RpiLive.Core.Elf;
using RpiLive.Core.Ext4.Making;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.Base;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Elf;
using RpiLive.Tests.Kernel;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Imaging;

/// <summary>
/// Small stock images in the layouts of published ones: real file systems by mkfs.vfat and mke2fs, or by our own makers where those are
/// missing; kernels, modules and programs that are only what the engine looks at.
/// </summary>
internal sealed record SyntheticStock
{
    private const long BootOffset = 1 << 20, BootLength = 4 << 20, RootOffset = BootOffset + BootLength, RootLength = 4 << 20, OwnRootLength = 32 << 20;

    public DirectoryNode Boot { get; init; } = new();

    public DirectoryNode Root { get; init; } = new();

    public byte BootType { get; init; } = 0x0C;

    public byte RootType { get; init; } = 0x83;

    /// <summary>32-bit Raspberry Pi OS Trixie: three kernels, one of them 64-bit, auto_initramfs.</summary>
    public static SyntheticStock TrixieArmhf()
    {
        SyntheticStock stock = Make("trixie", "13", ElfMachine.Arm, "auto_initramfs=1\n[cm4]\notg_mode=1\n[all]\n");
        return stock
            .WithKernel("kernel.img", "6.12.47+rpt-rpi-v6", ElfMachine.Arm, zstd: true)
            .WithKernel("kernel7.img", "6.12.47+rpt-rpi-v7", ElfMachine.Arm, zstd: true)
            .WithKernel("kernel8.img", "6.12.47+rpt-rpi-v8", ElfMachine.Arm64, zstd: true);
    }

    /// <summary>32-bit Raspberry Pi OS Bullseye: no initramfs, no auto_initramfs, kernels that know no zstd.</summary>
    public static SyntheticStock Bullseye()
    {
        SyntheticStock stock = Make("bullseye", "11", ElfMachine.Arm, "dtparam=audio=on\n[pi4]\narm_boost=1\n");
        return stock
            .WithKernel("kernel.img", "6.1.21+", ElfMachine.Arm, zstd: false)
            .WithKernel("kernel7.img", "6.1.21-v7+", ElfMachine.Arm, zstd: false)
            .WithKernel("kernel7l.img", "6.1.21-v7l+", ElfMachine.Arm, zstd: false)
            .WithKernel("kernel8.img", "6.1.21-v8+", ElfMachine.Arm64, zstd: false);
    }

    /// <summary>Debian for the Raspberry Pi: kernel and initramfs by name.</summary>
    public static SyntheticStock Debian()
    {
        SyntheticStock stock = Make("bookworm", "12", ElfMachine.Arm64,
            "arm_64bit=1\nkernel=vmlinuz-6.1.0-50-arm64\n# by raspi-firmware\ninitramfs initrd.img-6.1.0-50-arm64\n");
        stock.Boot.With("initrd.img-6.1.0-50-arm64", "stock");
        return stock.WithKernel("vmlinuz-6.1.0-50-arm64", "6.1.0-50-arm64", ElfMachine.Arm64, zstd: true);
    }

    /// <summary>Debian with accounts, logs and units: what keep rules, seeds and checks are about. tests/data/stock.img.gz is made of it.</summary>
    public static SyntheticStock FullDebian()
    {
        SyntheticStock stock = Debian();
        stock.Root.With("etc/passwd", "root:x:0:0:root:/root:/bin/bash\npi:x:1000:1001::/home/pi:/bin/bash\n").With("etc/group", "root:x:0:\npi:x:1001:\nweb:x:33:\n")
            .With("etc/shadow", "root:*:19000:0:99999:7:::\npi:!:19000:0:99999:7:::\n").With("etc/ssh/sshd_config", "")
            .With("usr/lib/systemd/system/multi-user.target", "[Unit]\n").With("usr/lib/systemd/system/systemd-journald.service", "[Service]\n")
            .With("var/lib/systemd/random-seed", "x").With("var/log/dpkg.log", "x").With("srv/readme", "x")
            .WithLink("var/run", "/run").With("run/x", "x");
        return stock;
    }

    /// <summary>Writes the image file, by the tools where they are there.</summary>
    public string Write(TemporaryFolder folder, string name = "stock.img") =>
        Tools.Have("mkfs.vfat", "mcopy", "mke2fs") ? WriteByTools(folder, name) : WriteByOwnMakers(folder, name);

    /// <summary>Writes the image file with file systems of our own making, as every host can.</summary>
    public string WriteByOwnMakers(TemporaryFolder folder, string name = "stock.img")
    {
        Timestamp time = new(1_750_000_000);
        using DestinationFile image = new(folder[name], overwrite: true);
        Fat32Builder fat = new(image.Target.From(BootOffset), new Fat32Options
        {
            VolumeId = 0x1234ABCD, Label = "bootfs", HiddenSectors = (uint)(BootOffset / 512), MaxDataBytes = BootLength, ClusterSize = 512, Timestamp = time,
        });
        fat.AddTree(Boot);
        long bootLength = fat.Finish(freeBytes: 0), rootOffset = BaseLayout.Align(BootOffset + bootLength);
        image.Target.SetLength(rootOffset + OwnRootLength);
        Ext4Maker.Make(image.Target.From(rootOffset), OwnRootLength, new Ext4Options { Id = new Guid(1, 2, 3, new byte[8]), HashSeed = new Guid(4, 5, 6, new byte[8]), Timestamp = time, Label = "rootfs" }, Root);
        MasterBootRecord.Write(image.Target, 0x11223344, [new(1, BootType, BootOffset, bootLength), new(2, RootType, rootOffset, OwnRootLength)]);
        image.Commit();
        return folder[name];
    }

    /// <summary>Writes the image file with file systems by the tools of Linux.</summary>
    public string WriteByTools(TemporaryFolder folder, string name = "stock.img")
    {
        Tools.Require("mkfs.vfat", "mcopy", "mke2fs");
        string boot = folder[name + ".boot"], root = folder[name + ".root"];
        foreach (string staging in (string[])[boot, root])
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
        Spread(Boot, boot);
        Spread(Root, root);
        Tools.Shell($"""
            truncate -s {BootLength} '{boot}.fat'; mkfs.vfat -F 12 -n bootfs -i 1234abcd '{boot}.fat' >/dev/null
            [ -z "$(ls '{boot}')" ] || mcopy -s -Q -i '{boot}.fat' '{boot}'/* ::
            mke2fs -q -t ext4 -L rootfs -O ^64bit,^has_journal -b 1024 -d '{root}' '{root}.ext4' {RootLength / 1024}
            """);
        using DestinationFile image = new(folder[name], overwrite: true);
        MasterBootRecord.Write(image.Target, 0x11223344, [new(1, BootType, BootOffset, BootLength), new(2, RootType, RootOffset, RootLength)]);
        image.Target.Write(BootOffset, File.ReadAllBytes(boot + ".fat"));
        image.Target.Write(RootOffset, File.ReadAllBytes(root + ".ext4"));
        image.Commit();
        return folder[name];
    }

    private static SyntheticStock Make(string codename, string version, ElfMachine machine, string config)
    {
        SyntheticStock stock = new();
        stock.Boot.With("config.txt", config)
            .With("cmdline.txt", "console=serial0,115200 console=tty1 root=PARTUUID=11223344-02 rootfstype=ext4 fsck.repair=yes rootwait quiet init=/usr/lib/raspberrypi-sys-mods/firstboot\n")
            .With("bootcode.bin", new byte[2000])
            .With("start.elf", new byte[3000])
            .With("start4.elf", new byte[3000])
            .With("overlays/dwc2.dtbo", new byte[1000]);
        foreach (string tree in PiModels.All.Select(model => model.DeviceTrees[0]).Distinct())
            stock.Boot.With(tree + ".dtb", new byte[400]);
        string rodata = "\0" + string.Concat(BusyBox.RequiredApplets.Order(StringComparer.Ordinal).Select(applet => applet + "\0")) + "\0";
        byte[] program = new ElfSample { Is64Bit = machine == ElfMachine.Arm64, Machine = machine, Sections = [(".rodata", Encoding.ASCII.GetBytes(rodata))] }.Build();
        stock.Root.With("usr/bin/busybox", program)
            .With("usr/lib/systemd/systemd", program)
            .WithLink("usr/sbin/init", "../lib/systemd/systemd")
            .WithLink("sbin", "usr/sbin")
            .With("etc/os-release", $"ID=debian\nVERSION_ID=\"{version}\"\nVERSION_CODENAME={codename}\nPRETTY_NAME=\"Debian GNU/Linux {version} ({codename})\"\n")
            .With("etc/rpi-issue", "Raspberry Pi reference\n")
            .With("etc/fstab", "proc /proc proc defaults 0 0\nPARTUUID=11223344-01 /boot/firmware vfat defaults 0 2\nPARTUUID=11223344-02 / ext4 defaults,noatime 0 1\n")
            .With("etc/machine-id", "uninitialized\n")
            .With("var/lib/dpkg/arch", machine == ElfMachine.Arm64 ? "arm64\n" : "armhf\n")
            .With("home/pi/readme", "hello\n");
        return stock;
    }

    private SyntheticStock WithKernel(string file, string release, ElfMachine machine, bool zstd)
    {
        Boot.With(file, machine == ElfMachine.Arm64 ? KernelSample.Arm64(release) : KernelSample.ZImage(release));
        string folder = $"usr/lib/modules/{release}/";
        Root.WithLink("lib", "usr/lib")
            .With(folder + "modules.dep", "kernel/squashfs.ko:\nkernel/overlay.ko:\n")
            .With(folder + "modules.builtin", "kernel/loop.ko\nkernel/vfat.ko\nkernel/nls_cp437.ko\nkernel/nls_ascii.ko\nkernel/zram.ko\nkernel/lzo.ko\nkernel/zstd.ko\n")
            .With(folder + "modules.alias", "").With(folder + "modules.softdep", "")
            .With(folder + "kernel/squashfs.ko", KernelSample.Module(release, machine))
            .With(folder + "kernel/overlay.ko", KernelSample.Module(release, machine))
            .With($"boot/config-{release}", "CONFIG_SQUASHFS=m\nCONFIG_ZRAM=m\nCONFIG_CRYPTO_LZO=y\nCONFIG_CRYPTO_ZSTD=y\n" + (zstd ? "CONFIG_SQUASHFS_ZSTD=y\n" : "# CONFIG_SQUASHFS_ZSTD is not set\n"));
        return this;
    }

    private static void Spread(DirectoryNode directory, string path)
    {
        Directory.CreateDirectory(path);
        foreach ((FileName name, TreeNode node) in directory.Children)
        {
            string child = Path.Join(path, name.ToString());
            if (node is DirectoryNode subdirectory)
                Spread(subdirectory, child);
            else if (node is FileNode file)
                File.WriteAllBytes(child, file.Content.ReadAll());
            else if (node is SymlinkNode link)
                File.CreateSymbolicLink(child, Encoding.UTF8.GetString(link.Target));
            else
                throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"{child} cannot be made on the host."));
        }
    }
}
