using RpiLive.Core.Debian.Root;

namespace RpiLive.Core.Imaging.Base;

/// <summary>What base images leave out of packages, in dpkg's own words.</summary>
internal static class BaseRules
{
    /// <summary>
    /// Drivers of hardware that no Raspberry Pi has or is likely to be given: graphics and sound of other makers' chips, server network cards
    /// and host adapters, television cards, cluster file systems. None of those that stay depends on one of them.
    /// </summary>
    private static readonly string[] s_drivers =
    [
        .. Below("drivers/gpu/drm", "amd", "arm", "ast", "etnaviv", "hisilicon", "hyperv", "i915", "imx", "lima", "meson", "msm", "mxsfb", "nouveau", "panfrost", "qxl", "radeon", "rockchip",
            "sun4i", "tegra", "vmwgfx", "xe"),
        .. Below("drivers/infiniband", "hw", "ulp"),
        .. Below("drivers/media", "pci"),
        .. Below("drivers/net", "dsa"),
        .. Below("drivers/net/ethernet", "3com", "8390", "adaptec", "agere", "alteon", "amazon", "amd", "apm", "brocade", "cavium", "chelsio", "cisco", "dec", "dlink", "emulex", "freescale",
            "google", "hisilicon", "huawei", "marvell", "mellanox", "microsoft", "myricom", "natsemi", "neterion", "netronome", "packetengines", "pensando", "qlogic", "qualcomm", "sfc", "silan",
            "sis", "socionext", "sun", "tehuti", "ti"),
        .. Below("drivers/crypto", "chelsio"),
        .. Below("drivers/scsi", "*"),
        .. Below("drivers/target", "*"),
        .. Below("fs", "gfs2", "ocfs2"),
        .. Below("sound", "pci"),
        .. Below("sound/soc", "fsl", "hisilicon", "mediatek", "meson", "qcom", "rockchip", "sunxi", "tegra"),
    ];

    /// <summary>Documentation, translations, device trees of other boards, such drivers, and the kernel, which lies on the boot volume.</summary>
    public static PathRules Root { get; } = new(
    [
        "path-exclude=/usr/share/doc/*", "path-include=/usr/share/doc/*/copyright", "path-exclude=/usr/share/man/*", "path-exclude=/usr/share/info/*",
        "path-exclude=/usr/share/locale/*", "path-exclude=/usr/share/lintian/*", "path-exclude=/usr/share/bug/*", "path-exclude=/boot/System.map-*",
        "path-exclude=/usr/lib/linux-image-*/*", "path-include=/usr/lib/linux-image-*/broadcom/*",
        .. s_drivers.Select(folder => $"path-exclude=/lib/modules/*/kernel/{folder}/*"), .. s_drivers.Select(folder => $"path-exclude=/usr/lib/modules/*/kernel/{folder}/*"),
    ]);

    /// <summary>Of the firmware's package, the files that the Pi loads.</summary>
    public static PathRules Firmware { get; } = new(["path-exclude=*", "path-include=/usr/lib/raspi-firmware/*", "path-exclude=*_db.elf", "path-exclude=*4db.elf", "path-exclude=*_db.dat", "path-exclude=*4db.dat"]);

    private static IEnumerable<string> Below(string folder, params string[] names) => names.Select(name => $"{folder}/{name}");
}
