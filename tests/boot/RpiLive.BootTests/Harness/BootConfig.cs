using System.Text.RegularExpressions;

namespace RpiLive.BootTests.Harness;

/// <summary>What a board reads from config.txt, as far as starting a kernel goes.</summary>
internal sealed partial class BootConfig
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Later lines win, as in the firmware; sections that do not apply to the board are left out.</summary>
    public static BootConfig Parse(string text, IReadOnlyCollection<string> filters)
    {
        BootConfig config = new();
        // A model filter and any other filter hold at the same time; each kind is replaced by the next of its kind.
        bool model = true, other = true;
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.Split('#')[0].Trim();
            if (line.StartsWith('[') && line.EndsWith(']'))
            {
                string filter = line[1..^1].ToLowerInvariant();
                if (filter == "all")
                    model = other = true;
                else if (ModelFilter().IsMatch(filter))
                    model = filters.Contains(filter);
                else
                    other = false;
            }
            else if (model && other && line.Length > 0)
            {
                config.Add(line);
            }
        }
        return config;
    }

    public string Kernel => _values.GetValueOrDefault("kernel", "kernel8.img");

    public string CommandLineFile => _values.GetValueOrDefault("cmdline", "cmdline.txt");

    public string? DeviceTree => _values.GetValueOrDefault("device_tree");

    /// <summary>The files that make up the initramfs, and whether the board starts without them when they are missing.</summary>
    public (IReadOnlyList<string> Names, bool Optional) Initramfs
    {
        get
        {
            if (_values.TryGetValue("initramfs", out string? line))
                return (line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0].Split(','), Optional: false);
            if (_values.TryGetValue("ramfsfile", out string? file))
                return (file.Split(','), Optional: false);
            if (_values.GetValueOrDefault("auto_initramfs") != "1")
                return ([], Optional: true);
            // kernel8.img -> initramfs8, kernel_2712.img -> initramfs_2712
            return Kernel.StartsWith("kernel", StringComparison.Ordinal)
                ? (["initramfs" + Path.ChangeExtension(Kernel["kernel".Length..], null)], Optional: true)
                : ([], Optional: true);
        }
    }

    private void Add(string line)
    {
        if (line.StartsWith("include ", StringComparison.Ordinal) || line.StartsWith("os_prefix=", StringComparison.Ordinal))
            throw new NotSupportedException("config.txt: the harness does not know: " + line);
        // The one line without an equals sign.
        Match match = Assignment().Match(line);
        if (match.Success)
            _values[match.Groups["key"].Value] = match.Groups["value"].Value;
    }

    [GeneratedRegex(@"^(pi\d|cm\d|board-type=)")]
    private static partial Regex ModelFilter();

    [GeneratedRegex(@"^(?<key>initramfs) +(?<value>.+)$|^(?<key>[^= ]+) *= *(?<value>.*)$")]
    private static partial Regex Assignment();
}
