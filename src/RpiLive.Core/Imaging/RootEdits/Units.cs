using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>systemd units of a root (systemd.unit(5), systemd.generator(7)).</summary>
internal static class Units
{
    private const string MaskFolder = "/etc/systemd/system";

    /// <summary>Ours are added where packages put theirs, so that an admin's own under /etc still win.</summary>
    private const string VendorFolder = "/usr/lib/systemd/system";

    /// <summary>Where units are looked for, the first wins. /lib is apart from /usr/lib in roots without merged /usr.</summary>
    private static readonly string[] s_folders = [MaskFolder, "/usr/local/lib/systemd/system", VendorFolder, "/lib/systemd/system"];

    private static readonly string[] s_generatorFolders =
        ["/etc/systemd/system-generators", "/usr/local/lib/systemd/system-generators", "/usr/lib/systemd/system-generators", "/lib/systemd/system-generators"];

    /// <summary>True when the root has the unit, its template, or a System V script that systemd makes a service of.</summary>
    public static bool Has(RootEditor root, string unit) =>
        s_folders.Any(folder => IsNamed(root, $"{folder}/{unit}"))
        || (TemplateOf(unit) is { } template && s_folders.Any(folder => IsNamed(root, $"{folder}/{template}")))
        || (unit.EndsWith(".service", StringComparison.Ordinal) && root.IsFile("/etc/init.d/" + unit[..^".service".Length]));

    /// <summary>Masks the units that the root has.</summary>
    public static void Mask(RootEditor root, params ReadOnlySpan<string> units)
    {
        foreach (string unit in units)
        {
            if (Has(root, unit))
                root.PutLink($"{MaskFolder}/{unit}", "/dev/null");
        }
    }

    /// <summary>Masks a generator that the root has.</summary>
    public static void MaskGenerator(RootEditor root, string generator)
    {
        if (s_generatorFolders.Any(folder => IsNamed(root, $"{folder}/{generator}")))
            root.PutLink($"{s_generatorFolders[0]}/{generator}", "/dev/null");
    }

    /// <summary>The text of the unit file that systemd takes; null where there is none, or it is masked.</summary>
    public static string? Read(RootEditor root, string unit) =>
        s_folders.FirstOrDefault(folder => IsNamed(root, $"{folder}/{unit}")) is { } folder ? root.ReadText($"{folder}/{unit}") : null;

    /// <summary>The names of all services of the root, ordered.</summary>
    public static IEnumerable<string> Services(RootEditor root) => Names(root, ".service");

    /// <summary>The names of all units of the root with an ending, ordered.</summary>
    public static IEnumerable<string> Names(RootEditor root, string ending) => s_folders.SelectMany(root.NamesIn)
        .Where(name => name.EndsWith(ending, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Adds settings to a unit.</summary>
    /// <param name="root">The root.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="topic">What the settings are about; part of the file's name.</param>
    /// <param name="text">The settings.</param>
    public static void PutDropIn(RootEditor root, string unit, string topic, string text) =>
        root.PutText($"{VendorFolder}/{unit}.d/90-rpilive-{topic}.conf", text);

    /// <summary>Adds a unit that <paramref name="wantedBy"/> starts.</summary>
    public static void Put(RootEditor root, string unit, string wantedBy, string text)
    {
        root.PutText($"{VendorFolder}/{unit}", text);
        root.PutLink($"{VendorFolder}/{wantedBy}.wants/{unit}", $"../{unit}");
    }

    private static bool IsNamed(RootEditor root, string path) => TreePath.Find(root.Root, path, followLast: false) is FileNode or SymlinkNode;

    /// <summary>The template of an instance: <c>getty@.service</c> for <c>getty@tty1.service</c>; null for other units.</summary>
    internal static string? TemplateOf(string unit)
    {
        int at = unit.IndexOf('@', StringComparison.Ordinal);
        int dot = unit.LastIndexOf('.');
        return at > 0 && dot > at ? unit[..(at + 1)] + unit[dot..] : null;
    }
}
