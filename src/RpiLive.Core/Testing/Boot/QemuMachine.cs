using RpiLive.Core.Fat;
using RpiLive.Core.Kernel;
using RpiLive.Core.Testing.Initramfs;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Testing.Boot;

/// <summary>A machine of QEMU that can start a kernel.</summary>
/// <param name="Name">QEMU's name of it.</param>
/// <param name="Console">The kernel's name of its serial port.</param>
/// <param name="SerialPort">Which of its serial ports that is, from 0.</param>
/// <param name="DeviceTree">Path of the device tree on the boot volume; null where QEMU makes its own.</param>
/// <param name="MemoryMiB">RAM in MiB where it can be chosen; null where the machine has a fixed size.</param>
/// <param name="HasCardReader">True where the image is an SD card, whose size must be a power of two; else a virtio disk.</param>
internal sealed record QemuMachine(string Name, string Console, int SerialPort, string? DeviceTree, int? MemoryMiB, bool HasCardReader)
{
    private const int LeastMemory = 1024, MemoryStep = 256;

    /// <summary>MiB of RAM that <c>virt</c> has below 4 GiB.</summary>
    private const int MostMemory32 = 3072;

    private const int MaxDeviceTree = 1 << 20;

    /// <summary>MiB of RAM of the boards that are emulated with a fixed size.</summary>
    private const int BoardMemory = 1024;

    /// <summary>What Linux needs beside its drivers to start on <c>virt</c>.</summary>
    private static readonly string[] s_virtDrivers = ["virtio_blk", "virtio_pci"];

    /// <summary>The RAM that the machine has.</summary>
    public int Memory => MemoryMiB ?? (Name == "raspi0" ? BoardMemory / 2 : BoardMemory);

    /// <summary>Chooses one for a kernel.</summary>
    /// <param name="qemu">What is there.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="archive">Its initramfs.</param>
    /// <param name="boot">The boot volume.</param>
    /// <param name="codecs">For module lists.</param>
    /// <param name="neededMiB">MiB of RAM that the root needs to run from RAM.</param>
    /// <param name="reason">Why there is none.</param>
    public static QemuMachine? Choose(
        QemuProgram qemu, TestedKernel kernel, InitramfsArchive archive, DirectoryNode boot, Compression.ICodecs codecs, int neededMiB, out string reason)
    {
        reason = "";
        bool is64Bit = kernel.Architecture == KernelArchitecture.Arm64;
        if (kernel.Architecture == KernelArchitecture.Unknown)
        {
            reason = $"{kernel.Path} does not say what processor it is for.";
            return null;
        }
        if (is64Bit && !qemu.Is64Bit)
        {
            reason = $"{kernel.Path} is a 64-bit kernel; it takes a qemu-system-aarch64.";
            return null;
        }
        if (qemu.Machines.Contains("virt") && ModuleTree.Open(archive.Tree, archive.Stamp["release"], codecs) is { } modules
            && s_virtDrivers.All(driver => modules.IsBuiltIn(driver) || modules.Find(driver) is not null))
        {
            int memory = Math.Min(Math.Max(LeastMemory, (neededMiB + MemoryStep - 1) / MemoryStep * MemoryStep), is64Bit ? int.MaxValue : MostMemory32);
            return new("virt", "ttyAMA0", 0, null, memory, HasCardReader: false);
        }
        string file = kernel.Path[(kernel.Path.LastIndexOf('/') + 1)..].ToLowerInvariant();
        (string Machine, string[] Trees)? board = (is64Bit, KernelFileName.Find(file)?.Flavour) switch
        {
            (_, "2712") => null,
            (true, _) => ("raspi3b", ["bcm2710-rpi-3-b.dtb", "bcm2837-rpi-3-b.dtb"]),
            (false, "v6") => ("raspi0", ["bcm2708-rpi-zero.dtb", "bcm2835-rpi-zero.dtb"]),
            (false, "v7") => ("raspi2b", ["bcm2709-rpi-2-b.dtb", "bcm2836-rpi-2-b.dtb"]),
            _ => null,
        };
        if (board is not { } chosen || !qemu.Machines.Contains(chosen.Machine))
        {
            reason = $"{qemu} has no machine that {kernel.Path} starts on.";
            return null;
        }
        if (chosen.Trees.FirstOrDefault(tree => FatPath.FindFile(boot, tree) is not null) is not { } deviceTree)
        {
            reason = $"{kernel.Path} would start on {chosen.Machine} with {chosen.Trees[0]}, which is not on the boot volume.";
            return null;
        }
        // The mainline tree of the Pi 3 gives the first port to Bluetooth, and says so; the name of the file does not tell.
        bool isSecondPort = FatPath.FindFile(boot, deviceTree)!.Content is { Length: <= MaxDeviceTree } content
            && content.ReadAll(MaxDeviceTree).AsSpan().IndexOf("serial1:115200n8"u8) >= 0;
        return isSecondPort
            ? new(chosen.Machine, "ttyS1", 1, deviceTree, null, HasCardReader: true)
            : new(chosen.Machine, "ttyAMA0", 0, deviceTree, null, HasCardReader: true);
    }

    /// <summary>QEMU's arguments for the machine itself.</summary>
    /// <param name="is64Bit">What the kernel is.</param>
    public IEnumerable<string> Arguments(bool is64Bit)
    {
        yield return "-machine";
        // Above 4 GiB, 32-bit kernels reach no PCI.
        yield return Name == "virt" && !is64Bit ? "virt,highmem=off" : Name;
        if (MemoryMiB is not { } memory)
            yield break;
        yield return "-cpu";
        yield return is64Bit ? "cortex-a72" : "cortex-a15";
        yield return "-smp";
        yield return "2";
        yield return "-m";
        yield return memory.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
