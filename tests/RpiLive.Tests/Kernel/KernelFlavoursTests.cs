using RpiLive.Core.Errors;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;

namespace RpiLive.Tests.Kernel;

public sealed class KernelFlavoursTests
{
    [Fact]
    public void A_64_bit_Raspberry_Pi_OS_has_two_flavours()
    {
        DirectoryNode boot = Boot(("kernel8.img", KernelSample.Gzip(KernelSample.Arm64("6.12.47+rpt-rpi-v8"))), ("KERNEL_2712.IMG", KernelSample.Gzip(KernelSample.Arm64("6.12.47+rpt-rpi-2712"))));
        Assert.Equal(
            [
                new("v8", "6.12.47+rpt-rpi-v8", "kernel8.img", "initramfs8", KernelArchitecture.Arm64),
                new("2712", "6.12.47+rpt-rpi-2712", "kernel_2712.img", "initramfs_2712", KernelArchitecture.Arm64),
            ],
            KernelFlavours.Find(boot, Root("6.12.47+rpt-rpi-v8", "6.12.47+rpt-rpi-2712"), [new("", "auto_initramfs", "1")]));
    }

    [Fact]
    public void A_32_bit_Raspberry_Pi_OS_has_four()
    {
        DirectoryNode boot = Boot(
            ("kernel.img", KernelSample.ZImage("6.6.51+rpt-rpi-v6")), ("kernel7.img", KernelSample.ZImage("6.6.51+rpt-rpi-v7")),
            ("kernel7l.img", KernelSample.ZImage("6.6.51+rpt-rpi-v7l")), ("kernel8.img", KernelSample.Arm64("6.6.51+rpt-rpi-v8")));
        IReadOnlyList<KernelFlavour> flavours = KernelFlavours.Find(boot, Root("6.6.51+rpt-rpi-v6", "6.6.51+rpt-rpi-v7", "6.6.51+rpt-rpi-v7l", "6.6.51+rpt-rpi-v8"), []);
        Assert.Equal("v6 initramfs Arm, v7 initramfs7 Arm, v7l initramfs7l Arm, v8 initramfs8 Arm64",
            string.Join(", ", flavours.Select(flavour => $"{flavour.Name} {flavour.InitramfsFile} {flavour.Architecture}")));
    }

    [Theory]
    [InlineData("kernel.img", "5.15.84+", KernelArchitecture.Arm)]
    [InlineData("kernel7.img", "5.15.84-v7+", KernelArchitecture.Arm)]
    [InlineData("kernel7l.img", "5.15.84-v7l+", KernelArchitecture.Arm)]
    [InlineData("kernel8.img", "5.15.84-v8+", KernelArchitecture.Arm64)]
    [InlineData("kernel_2712.img", "6.1.63-v8-16k+", KernelArchitecture.Arm64)]
    public void A_kernel_that_does_not_say_its_release_is_matched_by_its_name(string kernel, string release, KernelArchitecture architecture)
    {
        DirectoryNode root = Root("5.15.84+", "5.15.84-v7+", "5.15.84-v7l+", "5.15.84-v8+", "6.1.63-v8-16k+", "5.15.9-v7+", "5.9.99+", "5.15.9-v8+");
        KernelFlavour flavour = Assert.Single(KernelFlavours.Find(Boot((kernel, new byte[1000])), root, []));
        Assert.Equal((release, architecture), (flavour.Release, flavour.Architecture));
    }

    [Fact]
    public void A_Debian_image_names_its_kernel_in_config_txt()
    {
        DirectoryNode boot = Boot(("vmlinuz-6.1.0-50-arm64", KernelSample.Arm64("6.1.0-50-arm64")), ("vmlinuz-6.1.0-49-arm64", KernelSample.Arm64("6.1.0-49-arm64")));
        KernelFlavour flavour = Assert.Single(KernelFlavours.Find(boot, Root("6.1.0-50-arm64"),
            [new("all", "kernel", "vmlinuz-6.1.0-50-arm64"), new("all", "initramfs", "initrd.img-6.1.0-50-arm64 followkernel")]));
        Assert.Equal(new KernelFlavour("arm64", "6.1.0-50-arm64", "vmlinuz-6.1.0-50-arm64", "initrd.img-6.1.0-50-arm64", KernelArchitecture.Arm64), flavour);
    }

    [Fact]
    public void Without_a_kernel_line_every_Debian_kernel_counts()
    {
        DirectoryNode boot = Boot(("vmlinuz-6.1.0-50-arm64", KernelSample.Arm64("6.1.0-50-arm64")), ("vmlinuz-6.1.0-49-arm64", new byte[1000]));
        Assert.Equal("arm64 6.1.0-49-arm64 initrd.img-6.1.0-49-arm64, 6.1.0-50-arm64 6.1.0-50-arm64 initrd.img-6.1.0-50-arm64",
            string.Join(", ", KernelFlavours.Find(boot, Root("6.1.0-50-arm64", "6.1.0-49-arm64"), []).Select(flavour => $"{flavour.Name} {flavour.Release} {flavour.InitramfsFile}")));
    }

    [Fact]
    public void Kernel_lines_of_sections_come_beside_the_names_of_the_firmware()
    {
        DirectoryNode boot = Boot(
            ("kernel8.img", KernelSample.Arm64("6.12.47+rpt-rpi-v8")), ("own/my.img", KernelSample.Arm64("6.12.47-custom")), ("vmlinuz-1.0", new byte[100]));
        IReadOnlyList<KernelFlavour> flavours = KernelFlavours.Find(boot, Root("6.12.47+rpt-rpi-v8", "6.12.47-custom"),
            [new("pi5", "os_prefix", "own/"), new("pi5", "kernel", "my.img"), new("pi4", "kernel", "gone.img")]);
        Assert.Equal("own/my.img own/initramfs-my custom, kernel8.img initramfs8 v8",
            string.Join(", ", flavours.Select(flavour => $"{flavour.KernelFile} {flavour.InitramfsFile} {flavour.Name}")));
    }

    [Fact]
    public void A_kernel_without_modules_is_named()
    {
        ImageException error = Assert.Throws<ImageException>(() =>
            KernelFlavours.Find(Boot(("kernel8.img", KernelSample.Arm64("6.12.47+rpt-rpi-v8"))), Root("6.12.25+rpt-rpi-v8"), []));
        Assert.Equal(ErrorIds.ModulesMissing, error.ErrorId);
        Assert.Contains("kernel8.img is release 6.12.47+rpt-rpi-v8", error.Message, StringComparison.Ordinal);
        Assert.Contains("6.12.25+rpt-rpi-v8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_boot_volume_without_kernel_is_an_error() =>
        Assert.Equal(ErrorIds.KernelMissing, Assert.Throws<ImageException>(() => KernelFlavours.Find(Boot(("config.txt", [])), Root("6.1.0-50-arm64"), [])).ErrorId);

    [Theory]
    [InlineData("6.1.9", "6.1.10", -1)]
    [InlineData("6.12.47+rpt-rpi-v8", "6.6.51+rpt-rpi-v8", 1)]
    [InlineData("6.1.0-50-arm64", "6.1.0-050-arm64", 0)]
    [InlineData("6.1", "6.1.1", -1)]
    public void Releases_are_ordered_as_versions(string left, string right, int sign) => Assert.Equal(sign, Math.Sign(KernelRelease.Compare(left, right)));

    private static DirectoryNode Boot(params (string Name, byte[] Content)[] files)
    {
        DirectoryNode boot = new();
        foreach ((string name, byte[] content) in files)
            boot.With(name, content);
        return boot;
    }

    private static DirectoryNode Root(params string[] releases)
    {
        DirectoryNode root = new DirectoryNode().WithLink("lib", "usr/lib");
        foreach (string release in releases)
            root.With($"usr/lib/modules/{release}/modules.dep", "");
        return root;
    }
}
