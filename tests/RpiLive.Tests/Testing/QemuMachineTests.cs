using RpiLive.Codecs;
using RpiLive.Core.Errors;
using RpiLive.Core.Testing;
using RpiLive.Core.Testing.Boot;
using RpiLive.Core.Testing.Initramfs;
using RpiLive.Tests.Kernel;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Testing;

/// <summary>Which machine a kernel is started on.</summary>
public sealed class QemuMachineTests(GoodImages images) : IClassFixture<GoodImages>
{
    private static readonly QemuProgram s_qemu = new("qemu-system-aarch64", new Version(9, 0), new HashSet<string> { "virt", "raspi0", "raspi2b", "raspi3b" }, true);

    [Fact]
    public void The_serial_port_is_the_one_that_the_device_tree_leaves_free()
    {
        using TemporaryFolder folder = new();
        using LiveWorkshop workshop = new(images["trixie"]);
        Assert.Equal(("ttyAMA0", 0), (Choose(images["trixie"], "kernel8.img", s_qemu, out _)?.Console, Choose(images["trixie"], "kernel8.img", s_qemu, out _)?.SerialPort));
        workshop.Put("bcm2710-rpi-3-b.dtb", "...stdout-path\0serial1:115200n8\0");
        QemuMachine? mainline = Choose(workshop.Write(folder, "mainline.img"), "kernel8.img", s_qemu, out _);
        Assert.Equal(("ttyS1", 1), (mainline?.Console, mainline?.SerialPort));
    }

    [Fact]
    public void An_old_QEMU_is_no_fault_of_the_image()
    {
        ImageTestReport report = LiveWorkshop.Test(images["trixie"], new ImageTestOptions { Categories = [CheckCategory.Boot], Boot = new BootOptions { Qemu = s_qemu with { Version = new(5, 2) } } });
        Assert.All(report.Checks, check => Assert.Equal((CheckResult.Skipped, true), (check.Result, check.Message.Contains("too old", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("kernel8.img", "raspi3b", "bcm2710-rpi-3-b.dtb")]
    [InlineData("kernel7.img", "raspi2b", "bcm2709-rpi-2-b.dtb")]
    [InlineData("kernel.img", "raspi0", "bcm2708-rpi-zero.dtb")]
    public void Kernels_of_the_Raspberry_Pi_start_on_their_board(string kernel, string machine, string deviceTree)
    {
        QemuMachine? chosen = Choose(images["trixie"], kernel, s_qemu, out string reason);
        Assert.Equal((machine, deviceTree, true, ""), (chosen?.Name, chosen?.DeviceTree, chosen?.HasCardReader, reason));
    }

    [Fact]
    public void A_kernel_with_virtio_starts_on_virt_with_the_memory_that_the_root_needs()
    {
        using TemporaryFolder folder = new();
        using LiveWorkshop workshop = new(images["debian"]);
        workshop.EditInitramfs("initramfs_live", entry => entry.Name.EndsWith("modules.builtin", StringComparison.Ordinal)
            ? entry with { Content = (byte[])[.. entry.Content.Span, .. "kernel/virtio_blk.ko\nkernel/virtio_pci.ko\n"u8] } : entry);
        QemuMachine? chosen = Choose(workshop.Write(folder, "virt.img"), "vmlinuz-6.1.0-50-arm64", s_qemu, out _, 1500);
        Assert.Equal(("virt", null, 1536, false), (chosen?.Name, chosen?.DeviceTree, chosen?.Memory, chosen?.HasCardReader));
    }

    [Fact]
    public void Without_a_machine_there_is_a_reason()
    {
        using TemporaryFolder folder = new();
        using LiveWorkshop workshop = new(images["trixie"]);
        workshop.Put("kernel_2712.img", KernelSample.Arm64("6.12.47+rpt-rpi-v8"));
        workshop.Put("initramfs_2712", workshop.Bytes("initramfs8"));
        workshop.Delete("bcm2709-rpi-2-b.dtb");
        string path = workshop.Write(folder, "pi5.img");
        Assert.Null(Choose(path, "kernel_2712.img", s_qemu, out string reason));
        Assert.Contains("no machine", reason, StringComparison.Ordinal);
        Assert.Null(Choose(path, "kernel7.img", s_qemu, out reason));
        Assert.Contains("bcm2709-rpi-2-b.dtb", reason, StringComparison.Ordinal);
        Assert.Null(Choose(path, "kernel8.img", s_qemu with { Is64Bit = false }, out reason));
        Assert.Contains("qemu-system-aarch64", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_QEMU_every_check_of_a_boot_is_skipped_with_the_reason()
    {
        ImageTestReport report = LiveWorkshop.Test(images["trixie"], new ImageTestOptions { Categories = [CheckCategory.Boot], Boot = new BootOptions() });
        Assert.Equal(CheckKinds.All.Where(kind => kind.Category == CheckCategory.Boot), report.Checks.Select(check => check.Kind));
        Assert.All(report.Checks, check => Assert.Equal((CheckResult.Skipped, "There is no QEMU on this host: qemu-system-aarch64 was not found."), (check.Result, check.Message)));
        Assert.True(report.IsValid);
    }

    [Fact]
    public void A_program_that_is_no_QEMU_is_refused()
    {
        using TemporaryFolder folder = new();
        Tools.Shell($"printf '#!/bin/sh\\necho hello\\n' >'{folder["qemu"]}'; chmod +x '{folder["qemu"]}'");
        Assert.Equal("QemuUnusable", Assert.Throws<ImageException>(() => QemuProgram.At(folder["qemu"], TestContext.Current.CancellationToken)).ErrorId);
    }

    [Fact]
    public void A_machine_that_QEMU_cannot_start_is_no_fault_of_the_image()
    {
        using TemporaryFolder folder = new();
        Tools.Shell($"printf '#!/bin/sh\\n(sleep 1; echo \"no such thing\" >&2) &\\nexit 1\\n' >'{folder["qemu"]}'; chmod +x '{folder["qemu"]}'");
        ImageTestReport report = LiveWorkshop.Test(images["trixie"], new ImageTestOptions
        {
            Categories = [CheckCategory.Boot],
            Boot = new BootOptions { Qemu = s_qemu with { Path = folder["qemu"] }, Timeout = TimeSpan.FromSeconds(20) },
        });
        Assert.All(report.Checks, check => Assert.Equal((CheckResult.Skipped, true), (check.Result, check.Message.Contains("no such thing", StringComparison.Ordinal))));
        Assert.NotEmpty(report.Checks);
    }

    private static QemuMachine? Choose(string path, string kernelPath, QemuProgram qemu, out string reason, int needed = 300)
    {
        using TestedImage image = new(path, new ThirdPartyCodecs(), CancellationToken.None);
        TestedKernel kernel = image.Kernels.Single(kernel => kernel.Path == kernelPath);
        InitramfsArchive archive = InitramfsArchive.Read(Core.Fat.FatPath.FindFile(image.Boot!, kernel.InitramfsPath)!.Content, kernel.InitramfsPath, CancellationToken.None)[0];
        return QemuMachine.Choose(qemu, kernel, archive, image.Boot!, image.Codecs, needed, out reason);
    }
}
