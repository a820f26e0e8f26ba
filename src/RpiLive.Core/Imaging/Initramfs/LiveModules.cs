using RpiLive.Core.Errors;
using RpiLive.Core.Kernel;

namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>The kernel modules of a live boot.</summary>
internal static class LiveModules
{
    /// <summary>What the live boot cannot do without; one of the modules of each feature must be there, all that are get in.</summary>
    private static readonly (string Feature, string[] Modules)[] s_required =
    [
        ("squashfs", ["squashfs"]),
        ("overlay", ["overlay"]),
        ("loop", ["loop"]),
        ("vfat", ["vfat"]),
        ("code page 437 (nls_cp437)", ["nls_cp437"]),
        ("a character set for FAT names (nls_ascii, nls_iso8859-1 or nls_utf8)", ["nls_ascii", "nls_iso8859-1", "nls_utf8"]),
    ];

    /// <summary>
    /// Drivers between a Pi (or QEMU's machines) and its card, stick or NVMe disk, and a keyboard for the rescue shell. A card
    /// host whose regulator, DMA or reset driver is left out stays silent, so those are here too.
    /// </summary>
    private static readonly string[] s_drivers =
    [
        "mmc_block", "bcm2835", "sdhci-iproc", "sdhci-brcmstb", "sdhci-of-dwcmshc", "sdhci-pci", "sdhci-acpi", "bcm2835-dma", "fixed",
        "gpio-regulator", "gpio-raspberrypi-exp", "raspberrypi-exp-gpio", "raspberrypi-power", "clk-raspberrypi", "reset-raspberrypi",
        "pcie-brcmstb", "i2c-brcmstb", "rp1", "rp1-pci", "pinctrl-rp1", "clk-rp1", "phy-brcm-usb-dvr", "phy-generic", "roles", "dwc2", "dwc3", "xhci-hcd",
        "xhci-pci", "xhci-plat-hcd", "ehci-hcd", "ehci-pci", "ehci-platform", "ohci-hcd", "ohci-pci", "ohci-platform", "usb-storage", "uas",
        "sd_mod", "nvme", "virtio_blk", "virtio_pci", "virtio_mmio", "virtio_scsi", "usbhid", "hid-generic",
    ];

    /// <summary>What stores lie on. The root of every image was ext4; exFAT came with Linux 5.7, and where it is missing such a stick is refused.</summary>
    private static readonly string[] s_stores = ["ext4", "exfat"];

    /// <summary>
    /// zram and what it allocates from; nothing loads them unless the settings ask for zram. From Linux 6.12 on it depends on its
    /// compressors as modules.dep says; before, it found them by name in the crypto API.
    /// </summary>
    private static readonly string[] s_zram = ["zram", "zsmalloc"];

    /// <summary>Drivers that no device asks for by a modalias of its own.</summary>
    private static readonly string[] s_loadedByName = ["mmc_block", "sd_mod", "usb-storage", "uas", "virtio_blk"];

    /// <summary>The modules to put into the initramfs, each after what it depends on.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.KernelFeatureMissing"/>; <c>CorruptModule</c>.</exception>
    public static IReadOnlyList<ModuleEntry> Choose(ModuleTree modules, KernelFlavour flavour)
    {
        foreach ((string feature, string[] names) in s_required)
        {
            if (!names.Any(name => modules.IsBuiltIn(name) || modules.Find(name) is not null))
            {
                throw new ImageException(ErrorIds.KernelFeatureMissing, ImageErrorKind.Unsupported,
                    $"The kernel {flavour.KernelFile} ({flavour.Release}) has {feature} neither built in nor as a module; a live boot needs it.",
                    "Use an image whose kernel has it; the kernels of Raspberry Pi OS since Bullseye and of Debian do.");
            }
        }
        return modules.Closure(ForEveryBoot.Concat(ForZram(modules)));
    }

    private static IEnumerable<string> ForEveryBoot => s_required.SelectMany(feature => feature.Modules).Concat(s_drivers).Concat(s_stores);

    private static IEnumerable<string> ForZram(ModuleTree modules)
    {
        if (!modules.IsBuiltIn(s_zram[0]) && modules.Find(s_zram[0]) is null)
            return [];
        return ZramSupport.HasOwnCompressors(modules.Release) ? s_zram : s_zram.Concat(ZramSupport.KnownAlgorithms);
    }

    /// <summary>
    /// The names that /init loads outright, in order: first what others ask for softly, which busybox's modprobe does not know.
    /// </summary>
    public static IReadOnlyList<string> LoadList(ModuleTree modules) =>
        LoadList(modules, ForEveryBoot, s_required.SelectMany(feature => feature.Modules).Concat(s_loadedByName));

    /// <summary>The modules of an initramfs that only mounts an ext4 root, each after what it depends on.</summary>
    /// <exception cref="ImageException"><c>CorruptModule</c>.</exception>
    public static IReadOnlyList<ModuleEntry> ChooseForDisk(ModuleTree modules) => modules.Closure(ForDisk);

    /// <summary>The names that such an initramfs loads outright, in order.</summary>
    public static IReadOnlyList<string> LoadListForDisk(ModuleTree modules) => LoadList(modules, ForDisk, s_loadedByName);

    private static IEnumerable<string> ForDisk => s_drivers.Append(s_stores[0]);

    private static IReadOnlyList<string> LoadList(ModuleTree modules, IEnumerable<string> all, IEnumerable<string> byName)
    {
        IEnumerable<string> soft = modules.Closure(all).SelectMany(module => modules.SoftDependencies(module.Name)).SelectMany(modules.Lookup).Select(module => module.Name);
        return [.. soft.Concat(byName.Select(modules.Find).OfType<ModuleEntry>().Select(module => module.Name)).Distinct(StringComparer.Ordinal)];
    }
}
