using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>Everything that sets up swap. The live boot alone does it, with zram, when asked to.</summary>
/// <remarks>
/// A swap file would be made in the upper layer, that is in RAM, and the kernel takes none on an overlay anyway. Covers
/// dphys-swapfile (to Bookworm), rpi-swap with systemd-zram-generator (from Trixie), Debian's zram-tools, zram-config and Armbian's
/// zram. log2ram goes on, in a tmpfs: with its own zram it would take the device that the boot set up.
/// </remarks>
internal sealed class SwapEdit : IRootEdit
{
    private const string RpiSwapConfig = "/etc/rpi/swap.conf";
    private const string RpiSwapFolder = "/etc/rpi/swap.conf.d";

    private const string Log2RamConfig = "/etc/log2ram.conf";

    private static readonly string[] s_owners =
    [
        "dphys-swapfile.service", "zramswap.service", "zram-config.service", "armbian-zram-config.service", "rpi-zram-writeback.service", "rpi-zram-writeback.timer",
    ];

    private static readonly string[] s_usualFiles = ["/var/swap", "/swapfile", "/swap.img"];

    /// <summary>Where the signature ends: at the end of the first page, of 4, 16 or 64 KiB (mkswap(8)).</summary>
    private static readonly int[] s_pageSizes = [4 << 10, 16 << 10, 64 << 10];

    public string Name => "swap";

    public string Reason => "A swap file would lie in RAM or on the card; swap of a live system is zram, set up by its boot.";

    public void Apply(RootEditor root)
    {
        foreach (string path in Declared(root).Concat(s_usualFiles).Distinct(StringComparer.Ordinal))
        {
            if (TreePath.Find(root.Root, path, followLast: false) is FileNode file && IsSwapFile(file.Content))
                root.Remove(path);
        }
        Units.Mask(root, s_owners);
        Units.MaskGenerator(root, "zram-generator");
        if (root.ReadText(Log2RamConfig) is { } log2Ram && log2Ram.Contains("ZL2R=true", StringComparison.Ordinal))
            root.RewriteText(Log2RamConfig, log2Ram.Replace("ZL2R=true", "ZL2R=false", StringComparison.Ordinal));
        if (root.IsFile(RpiSwapConfig) || root.Exists("/usr/lib/rpi-swap"))
        {
            root.PutText($"{RpiSwapFolder}/{DropIns.LastName(root, ".conf", RpiSwapFolder)}", """
                # The boot of a live image sets up zram swap itself.
                [Main]
                Mechanism=none

                """);
        }
    }

    private static IEnumerable<string> Declared(RootEditor root) =>
    [
        .. Lines(root, BootMount.FstabPath).Select(FstabLine.Parse).Where(line => line is { IsSwap: true }).Select(line => line!.Source),
        .. Values(root, "/etc/dphys-swapfile", "CONF_SWAPFILE="),
        .. Values(root, RpiSwapConfig, "Path="),
    ];

    private static IEnumerable<string> Values(RootEditor root, string path, string key) => Lines(root, path)
        .Select(line => line.Trim()).Where(line => line.StartsWith(key, StringComparison.Ordinal)).Select(line => line[key.Length..].Trim('"', '\'', ' '));

    private static string[] Lines(RootEditor root, string path) => (root.ReadText(path) ?? "").Split('\n');

    private static bool IsSwapFile(FileContent content)
    {
        Span<byte> signature = stackalloc byte[10];
        foreach (int pageSize in s_pageSizes)
        {
            if (content.Length < pageSize)
                return false;
            content.Read(pageSize - signature.Length, signature);
            if (signature.SequenceEqual("SWAPSPACE2"u8))
                return true;
        }
        return false;
    }
}
