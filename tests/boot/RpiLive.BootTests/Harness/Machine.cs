namespace RpiLive.BootTests.Harness;

/// <summary>A machine of QEMU and the board whose firmware we play for it.</summary>
/// <param name="Qemu">QEMU's name for it.</param>
/// <param name="Filters">The sections of config.txt that apply.</param>
/// <param name="DeviceTrees">Device trees on the boot volume, the first one found is used; none where QEMU makes its own.</param>
/// <param name="Console">The kernel's name of the serial port that we listen to.</param>
/// <param name="SerialPorts">How many serial ports there are; the last one is the console.</param>
/// <param name="HasSdSlot">Whether the image is an SD card, whose size QEMU wants to be a power of two, or a virtio disk.</param>
internal sealed record Machine(
    string Qemu, IReadOnlyList<string> Filters, IReadOnlyList<string> DeviceTrees, string Console, int SerialPorts, bool HasSdSlot)
{
    /// <summary>A Pi 3 with 1 GiB. With a mainline device tree its first serial port belongs to Bluetooth.</summary>
    public static Machine Pi3 { get; } =
        new("raspi3b", ["pi3"], ["bcm2710-rpi-3-b.dtb", "bcm2837-rpi-3-b.dtb"], "ttyS1", 2, HasSdSlot: true);

    /// <summary>No Pi, but the same kernel with a quick disk and as much memory as one likes.</summary>
    public static Machine Virt { get; } = new("virt", ["pi4"], [], "ttyAMA0", 1, HasSdSlot: false);
}
