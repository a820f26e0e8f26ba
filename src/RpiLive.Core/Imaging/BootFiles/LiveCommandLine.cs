namespace RpiLive.Core.Imaging.BootFiles;

/// <summary>The stock command line less what a live boot must not have.</summary>
/// <param name="CommandLine">The words that stay, in order: consoles, quiet, the user's own.</param>
/// <param name="Dropped">The words that went, in order.</param>
/// <param name="HadFirstRun">
/// True when Raspberry Pi Imager had set up its firstrun.sh: the customisation in it has not been applied, and nothing will
/// start it any more.
/// </param>
public sealed record LiveCommandLine(KernelCommandLine CommandLine, IReadOnlyList<string> Dropped, bool HadFirstRun)
{
    /// <summary>
    /// Words about the root that the live /init mounts itself, and words of other tools that do what RpiLive does;
    /// noinitrd and rdinit would keep our /init from being started at all.
    /// </summary>
    private static readonly string[] s_keys =
    [
        "root", "rootfstype", "rootflags", "rootwait", "rootdelay", "ro", "rw", "nfsroot", "noinitrd", "rdinit",
        "resize", "overlayroot", "overlayroot_cfgdisk",
    ];

    /// <summary>Makes the command line of a live image.</summary>
    public static LiveCommandLine From(KernelCommandLine stock)
    {
        bool firstRun = stock.Values("systemd.run").Any(IsFirstRun);
        List<string> dropped = [];
        KernelCommandLine live = stock.Without(word =>
        {
            bool drop = Drops(word, firstRun);
            if (drop)
                dropped.Add(word);
            return drop;
        });
        return new(live, dropped, firstRun);
    }

    private static bool Drops(string word, bool firstRun)
    {
        string key = KernelCommandLine.KeyOf(word).Replace('-', '_'), value = KernelCommandLine.ValueOf(word);
        if (s_keys.Contains(key) || key.StartsWith("fsck.", StringComparison.Ordinal))
            return true;
        return key switch
        {
            "init" => IsFirstBoot(value),
            "boot" => value == "overlay",
            "systemd.run" => IsFirstRun(value),
            "systemd.run_success_action" or "systemd.run_failure_action" => firstRun,
            "systemd.unit" => firstRun && value == "kernel-command-line.target",
            _ => false,
        };
    }

    /// <summary>The first-boot programs of Raspberry Pi OS; any other init= is the user's wish and stays.</summary>
    private static bool IsFirstBoot(string value) =>
        value.EndsWith("/firstboot", StringComparison.Ordinal) || value.EndsWith("/init_resize.sh", StringComparison.Ordinal);

    private static bool IsFirstRun(string value) => value.EndsWith("/firstrun.sh", StringComparison.Ordinal);
}
