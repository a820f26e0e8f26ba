using RpiLive.Core.Debian.Root;
using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>
/// Has systemd start what the packages' scripts would have enabled, and the network: links for the <c>[Install]</c> sections of the units
/// (systemd.unit(5)).
/// </summary>
internal sealed class ServicesEdit : IBaseEdit
{
    private const string AdminFolder = "/etc/systemd/system", VendorFolder = "/usr/lib/systemd/system";

    /// <summary>Enabled whatever the scripts say: DHCP on every wire.</summary>
    private static readonly string[] s_always = ["systemd-networkd.service"];

    /// <summary>
    /// They wait for a network that may never come, or touch card and disks when nobody asked. Masked, since an upgrade enables what has no
    /// record of having been disabled.
    /// </summary>
    private static readonly string[] s_never =
    [
        "systemd-networkd-wait-online.service", "systemd-time-wait-sync.service", "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service",
        "fstrim.timer", "smartmontools.service", "man-db.timer", "logrotate.timer",
    ];

    /// <summary>It runs where there is no cache of libraries, which Debian's own folders do not need: some seconds of each live start.</summary>
    private const string LibraryCache = "ldconfig.service";

    public void Apply(BaseRoot root)
    {
        foreach (string unit in s_never.Append(LibraryCache).Where(unit => ReadUnit(root.Editor, unit) is not null))
            root.Editor.PutLink($"{AdminFolder}/{unit}", "/dev/null");
        SortedSet<string> units = new(s_always, StringComparer.Ordinal);
        foreach (InstalledPackage package in root.Packages)
            units.UnionWith(EnabledBy(package.PostInstall));
        HashSet<string> done = new(s_never, StringComparer.Ordinal);
        Queue<string> pending = new(units);
        while (pending.TryDequeue(out string? unit))
        {
            if (!done.Add(unit) || !new FileName(unit).IsValid || ReadUnit(root.Editor, unit) is not { } text)
                continue;
            foreach ((string key, string value) in InstallLines(text))
            {
                foreach (string word in value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => new FileName(word).IsValid))
                    Install(root.Editor, unit, key, word, pending);
            }
        }
    }

    /// <summary>Units that a script enables at once; those that it asks of the admin first (debhelper's --no-enable) are left out.</summary>
    private static IEnumerable<string> EnabledBy(MaintainerScript script)
    {
        HashSet<string> asked = [.. script.Calls("deb-systemd-helper").Where(call => call.Contains("debian-installed")).Select(call => call[^1])];
        return script.Calls("deb-systemd-helper").Concat(script.Calls("systemctl"))
            .SelectMany(call => call.SkipWhile(word => word != "enable").Skip(1).TakeWhile(IsUnit)).Where(unit => !asked.Contains(unit));
    }

    private static bool IsUnit(string word) => !word.StartsWith('-') && word.Contains('.', StringComparison.Ordinal) && !word.StartsWith('/');

    private static void Install(RootEditor editor, string unit, string key, string word, Queue<string> pending)
    {
        string folder = Units.TemplateOf(unit) is { } template && !editor.Exists($"{VendorFolder}/{unit}") ? template : unit;
        switch (key)
        {
            case "WantedBy":
                editor.PutLink($"{AdminFolder}/{word}.wants/{unit}", $"{VendorFolder}/{folder}");
                break;
            case "RequiredBy":
                editor.PutLink($"{AdminFolder}/{word}.requires/{unit}", $"{VendorFolder}/{folder}");
                break;
            case "Alias":
                editor.PutLink($"{AdminFolder}/{word}", $"{VendorFolder}/{folder}");
                break;
            case "Also":
                pending.Enqueue(word);
                break;
        }
    }

    private static IEnumerable<(string Key, string Value)> InstallLines(string text)
    {
        bool isInstall = false;
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.StartsWith('['))
                isInstall = line == "[Install]";
            else if (isInstall && line.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals)
                yield return (line[..equals].TrimEnd(), line[(equals + 1)..]);
        }
    }

    private static string? ReadUnit(RootEditor editor, string unit) =>
        editor.ReadText($"{VendorFolder}/{unit}") ?? (Units.TemplateOf(unit) is { } template ? editor.ReadText($"{VendorFolder}/{template}") : null);
}
