using System.Text.RegularExpressions;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>Everything that sets up swap. The live boot alone does it, with zram, when asked to.</summary>
/// <remarks>
/// A swap file would be made in the upper layer, that is in RAM, and the kernel takes none on an overlay anyway. Covers
/// dphys-swapfile (to Bookworm), rpi-swap with systemd-zram-generator (from Trixie), zram-tools and udisks2-zram of Debian, Ubuntu's
/// zram-config, and what users of a Pi add: rpi_zram of novaspirit (which switches all other swap off first), zram-swap of foundObjects,
/// zram-swap-config, zram-config of ecdye, Armbian's and DietPi's own. Those that also put
/// directories into zram (ecdye's, Armbian's) go as a whole: a live root is in RAM as it is, and a second layer over kept directories
/// would hide what is written there until the system stops.
/// </remarks>
internal sealed partial class SwapEdit : IRootEdit
{
    private const string RpiSwapConfig = "/etc/rpi/swap.conf";
    private const string RpiSwapFolder = "/etc/rpi/swap.conf.d";

    private const string Log2RamConfig = "/etc/log2ram.conf";
    private const string StartScript = "/etc/rc.local";
    private const string OutOfAction = "# rpilive: ";

    private static readonly string[] s_units =
    [
        "dphys-swapfile.service", "zramswap.service", "zram-swap.service", "zram-swap-config.service", "zram-config.service", "zram.service", "zsync.service", "zsync.timer",
        "armbian-zram-config.service", "systemd-zram-setup@.service", "swap-create@.service", "udisks2-zram-setup@.service",
        "rpi-zram-writeback.service", "rpi-zram-writeback.timer",
    ];

    /// <summary>Where rules of devices are that no package brought (udev(7)).</summary>
    private static readonly string[] s_ruleFolders = ["/etc/udev/rules.d", "/usr/local/lib/udev/rules.d"];

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
        Units.Mask(root, s_units);
        Units.Mask(root, [.. SwapUnitsOfImage(root)]);
        Units.MaskGenerator(root, "zram-generator");
        SilenceRules(root);
        SilenceStartScript(root);
        KeepLogsOutOfZram(root);
        if (root.IsFile(RpiSwapConfig) || root.Exists("/usr/lib/rpi-swap"))
        {
            root.PutText($"{RpiSwapFolder}/{DropIns.LastName(root, ".conf", RpiSwapFolder)}", """
                # The boot of a live image sets up zram swap itself.
                [Main]
                Mechanism=none

                """);
        }
    }

    /// <summary>Units of swap (systemd.swap(5)) on zram, in a file of the root or on the card; those on other disks stay.</summary>
    private static IEnumerable<string> SwapUnitsOfImage(RootEditor root)
    {
        CardVolumes card = new(root.Options, Lines(root, BootMount.FstabPath).Select(FstabLine.Parse));
        return Units.Names(root, ".swap").Where(unit => (Units.Read(root, unit) ?? "").Split('\n')
            .Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2 && parts[0].Trim() == "What").Select(parts => parts[1].Trim())
            .Any(source => FstabEdit.IsSwapOfImage(source) || card.Has(source)));
    }

    /// <summary>Rules that give a zram device its size or swap to it, as DietPi's do, get out of action; others of the file stay.</summary>
    private static void SilenceRules(RootEditor root)
    {
        foreach (string folder in s_ruleFolders)
        {
            foreach (string name in root.NamesIn(folder).Where(name => name.EndsWith(".rules", StringComparison.Ordinal)))
            {
                string path = $"{folder}/{name}";
                string[] lines = Lines(root, path);
                for (int first = 0, next; first < lines.Length; first = next)
                {
                    for (next = first + 1; next < lines.Length && !IsComment(lines[next - 1]) && lines[next - 1].EndsWith('\\'); next++)
                    {
                        // The backslash joins the line with the next.
                    }
                    string rule = string.Concat(lines[first..next]);
                    if (IsComment(lines[first]) || !OfZram().IsMatch(rule) || !MakesSwap().IsMatch(rule))
                        continue;
                    for (int i = first; i < next; i++)
                        lines[i] = OutOfAction + lines[i];
                }
                if (root.IsFile(path))
                    root.RewriteText(path, string.Join('\n', lines));
            }
        }
    }

    private static bool IsComment(string line) => line.AsSpan().TrimStart().StartsWith("#", StringComparison.Ordinal);

    /// <summary>Lines that start rpi_zram's script do nothing; a comment alone would leave nothing between <c>then</c> and <c>fi</c>.</summary>
    private static void SilenceStartScript(RootEditor root)
    {
        if (root.ReadText(StartScript) is { } text)
            root.RewriteText(StartScript, RunsZramScript().Replace(text, line => $": {OutOfAction}{line.Value}"));
    }

    /// <summary>
    /// log2ram goes on with a tmpfs, which swaps to our zram: its own zram device would take RAM that no budget knows. The script
    /// of settings is sourced, so the last assignment counts.
    /// </summary>
    private static void KeepLogsOutOfZram(RootEditor root)
    {
        if (root.ReadText(Log2RamConfig) is { } text)
            root.RewriteText(Log2RamConfig, LogsInZram().Replace(text, "ZL2R=false"));
    }

    [GeneratedRegex("\\bKERNELS?\\s*==\\s*\"zram")]
    private static partial Regex OfZram();

    [GeneratedRegex("swapon|\\bATTR\\{disksize\\}\\s*=(?!=)")]
    private static partial Regex MakesSwap();

    [GeneratedRegex("^(?![ \\t]*(?:#|: #)).*\\bzram\\.sh\\b", RegexOptions.Multiline)]
    private static partial Regex RunsZramScript();

    [GeneratedRegex("^[ \\t]*ZL2R=[\"']?true[\"']?", RegexOptions.Multiline)]
    private static partial Regex LogsInZram();

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
