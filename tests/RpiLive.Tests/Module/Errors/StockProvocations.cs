using System.Text;
using RpiLive.Core.Elf;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Elf;
using RpiLive.Tests.Imaging;
using RpiLive.Tests.Kernel;
using RpiLive.Tests.Testing;

namespace RpiLive.Tests.Module.Errors;

/// <summary>Stock images that no live image can be made of.</summary>
internal static class StockProvocations
{
    private const string Script = "New-RpiLiveImage stock.img live.img -CompressionLevel 1";
    private const string Release = "6.1.0-50-arm64", Kernel = "vmlinuz-" + Release, ModuleFolder = $"usr/lib/modules/{Release}/";

    public static IReadOnlyList<Provocation> All { get; } =
    [
        new("ImageUnreadable", workshop =>
        {
            workshop.Stock();
            workshop.Hold("stock.img", FileShare.None);
            return Script;
        }),
        new("ImageTruncated", workshop =>
        {
            workshop.File("stock.img", File.ReadAllBytes(workshop.StockPath)[..(6 << 20)]);
            return Script;
        }),
        new("HashMismatch", workshop =>
        {
            workshop.Stock();
            return $"{Script} -ExpectedHash {new string('7', 64)}";
        }),
        new("AlreadyLive", workshop =>
        {
            workshop.Live();
            return "New-RpiLiveImage live.img second.img";
        }),
        new("NotPartitioned", workshop =>
        {
            workshop.File("stock.img", new byte[1 << 20]);
            return Script;
        }),
        new("GptNotSupported", workshop =>
        {
            workshop.File("stock.img", Gpt());
            return Script;
        }),
        Bytes("CorruptMbr", bytes => bytes[446 + 4] = bytes[446 + 16 + 4] = 5),
        Bytes("BootPartitionMissing", bytes => bytes[446 + 4] = 0x83),
        Bytes("RootPartitionMissing", bytes => bytes[446 + 16 + 4] = 0x0B),
        Bytes("CorruptFat", bytes => bytes.AsSpan(ErrorWorkshop.StockBoot, 512).Clear()),
        new("UnsupportedFat", workshop =>
        {
            // Its FAT32 is version 0.1.
            workshop.LiveBytes(file =>
            {
                file.Position = ErrorWorkshop.LiveBoot + 42;
                file.WriteByte(1);
            });
            return "Get-RpiLiveImage live.img";
        }),
        Bytes("CorruptExt4", bytes => bytes[ErrorWorkshop.StockRoot + 1024 + 0x18] = 0xFF),
        new("CorruptExt4", workshop =>
        {
            workshop.Live();
            workshop.Run("Set-RpiLivePersistence live.img /home -Target Partition -Size 8MB");
            workshop.Folder("seed");
            long group = workshop.Store() + 4096;
            using FileStream file = new(Path.Join(workshop.Session.Folder, "live.img"), FileMode.Open, FileAccess.ReadWrite);
            file.Position = group;
            file.Write(new byte[64]);
            return "Set-RpiLivePersistence live.img /srv -Seed seed";
        }) { Variant = "a store" },
        // The feature "compression".
        Bytes("UnsupportedExt4", bytes => bytes[ErrorWorkshop.StockRoot + 1024 + 0x60] |= 1),
        Files("OperatingSystemMissing", stock => stock.Root.Children.Clear()),
        Files("RootUnusable", stock => stock.Root.With("usr/bin/rpilive/readme", "mine")),
        Files("KernelMissing", stock => stock.Boot.Children.Remove(Kernel)),
        Files("UnsupportedKernel", stock =>
        {
            stock.Boot.With("config.txt", "arm_64bit=1\n").With(Kernel, KernelSample.Arm64(Release, bannerAt: 3000));
            for (int number = 0; number < 40; number++)
                stock.Boot.With($"vmlinuz-{number}", KernelSample.Arm64(Release, bannerAt: 3000));
        }),
        Files("ModulesMissing", stock => LiveWorkshop.Remove(stock.Root, "usr/lib/modules/" + Release)),
        Files("CorruptModule", stock => stock.Root.With(ModuleFolder + "kernel/overlay.ko", KernelSample.Module("6.6.31")), "of another kernel"),
        Files("CorruptModule", stock => stock.Root.With(ModuleFolder + "modules.dep", "kernel/squashfs.ko:\nkernel/overlay.ko: kernel/none.ko\n"), "not in the list"),
        Files("CorruptModule", stock => stock.Root.With(ModuleFolder + "kernel/overlay.ko", "no program"), "no ELF file"),
        Packed("CorruptModule", ".zst", [0x28, 0xB5, 0x2F, 0xFD, 1, 2, 3, 4]),
        Packed("CorruptModule", ".xz", [0xFD, .. "7zXZ\0"u8, 0, 4, 1, 2, 3, 4]),
        Packed("CorruptModule", ".gz", [0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8]),
        Files("KernelFeatureMissing", stock => stock.Root.With(ModuleFolder + "modules.dep", "kernel/overlay.ko:\n")),
        Files("BusyBoxMissing", stock => LiveWorkshop.Remove(stock.Root, "usr/bin/busybox")),
        new("BusyBoxUnsuitable", workshop =>
        {
            workshop.Stock();
            workshop.File("busybox", "#!/bin/sh\n"u8.ToArray());
            return Script + " -BusyBoxPath busybox";
        }),
        // Its section headers have another length than the format's.
        Files("CorruptElf", stock => stock.Root.With("usr/bin/busybox", Changed(BusyBox(), 58, 1))),
        // Big-endian.
        Files("UnsupportedElf", stock => stock.Root.With("usr/bin/busybox", Changed(BusyBox(), 5, 2))),
        Files("LibraryMissing", stock => stock.Root.With("usr/bin/busybox", BusyBox("libresolv.so.2"))),
        Files("CorruptBootFiles", stock => stock.Boot.With("cmdline.txt", new string('x', 70_000))),
    ];

    private static Provocation Bytes(string id, Action<byte[]> change) => new(id, workshop =>
    {
        workshop.StockBytes(change);
        return Script;
    });

    private static Provocation Files(string id, Action<SyntheticStock> change, string? variant = null) => new(id, workshop =>
    {
        workshop.Stock(change);
        return Script;
    }) { Variant = variant };

    private static Provocation Packed(string id, string ending, byte[] module) => Files(id, stock => stock.Root
        .With(ModuleFolder + "modules.dep", $"kernel/squashfs.ko:\nkernel/overlay.ko{ending}:\n")
        .With(ModuleFolder + "kernel/overlay.ko" + ending, module), "a damaged " + ending);

    private static byte[] BusyBox(params string[] needed) => new ElfSample
    {
        Needed = needed,
        Machine = ElfMachine.Arm64,
        Sections = [(".rodata", Encoding.ASCII.GetBytes("\0" + string.Concat(Core.Imaging.Initramfs.BusyBox.RequiredApplets.Order(StringComparer.Ordinal).Select(applet => applet + "\0")) + "\0"))],
    }.Build();

    private static byte[] Changed(byte[] bytes, int offset, byte value)
    {
        bytes[offset] = value;
        return bytes;
    }

    /// <summary>A partition table that protects a GUID partition table, and the header of that.</summary>
    private static byte[] Gpt()
    {
        byte[] disk = new byte[1 << 20];
        disk[446 + 4] = 0xEE;
        (disk[446 + 8], disk[446 + 13]) = (1, 8);
        (disk[510], disk[511]) = (0x55, 0xAA);
        "EFI PART"u8.CopyTo(disk.AsSpan(512));
        disk[512 + 24] = 1;
        return disk;
    }
}
