using RpiLive.BootTests.Harness;

namespace RpiLive.BootTests;

/// <summary>The harness reads config.txt as a board does.</summary>
public sealed class BootConfigTests
{
    [Fact]
    public void Defaults_are_those_of_a_64_bit_board()
    {
        BootConfig config = BootConfig.Parse("", ["pi3"]);
        Assert.Equal("kernel8.img", config.Kernel);
        Assert.Equal("cmdline.txt", config.CommandLineFile);
        Assert.Empty(config.Initramfs.Names);
    }

    [Theory]
    [InlineData("auto_initramfs=1", "initramfs8", true)]
    [InlineData("auto_initramfs=1\nkernel=kernel_2712.img", "initramfs_2712", true)]
    [InlineData("auto_initramfs=1\ninitramfs a.img,b.img followkernel", "a.img,b.img", false)]
    [InlineData("ramfsfile=c.img", "c.img", false)]
    [InlineData("auto_initramfs=1\nkernel=vmlinuz", "", true)]
    public void Initramfs_is_named_or_follows_the_kernel(string text, string names, bool optional)
    {
        BootConfig config = BootConfig.Parse(text, ["pi3"]);
        Assert.Equal(names, string.Join(',', config.Initramfs.Names));
        Assert.Equal(optional, config.Initramfs.Optional);
    }

    [Theory]
    [InlineData("[pi4]\nkernel=four", "kernel8.img")]
    [InlineData("[pi3]\nkernel=three", "three")]
    [InlineData("[pi4]\n[all]\nkernel=all", "all")]
    [InlineData("[none]\nkernel=none", "kernel8.img")]
    [InlineData("[pi3]\n[tryboot]\nkernel=try", "kernel8.img")]
    [InlineData("kernel=one\n# kernel=two\nkernel = three # not four", "three")]
    public void Only_lines_for_this_board_count_and_the_last_one_wins(string text, string kernel) =>
        Assert.Equal(kernel, BootConfig.Parse(text, ["pi3"]).Kernel);

    [Fact]
    public void Serial_console_of_the_image_becomes_the_one_of_the_machine() =>
        Assert.Equal(
            "console=tty1 quiet console=ttyS1,115200 rpilive.debug",
            Firmware.CommandLine("console=serial0,115200 console=tty1 quiet", Machine.Pi3, " rpilive.debug"));
}
