using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.BootFiles;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging;

/// <summary>What config.txt makes the firmware do, and what it must say so that a live image boots.</summary>
internal sealed class BootConfiguration
{
    /// <summary>Path of the firmware's configuration on the boot volume.</summary>
    private const string ConfigPath = "config.txt";

    /// <summary>
    /// The initramfs for all kernels, where the firmware does not choose one by the kernel's name: firmware before 2023-08
    /// knows no auto_initramfs, and filters cannot tell boards apart for it (a Zero 2 W is both [pi0] and [pi02]).
    /// </summary>
    private const string SharedName = "initramfs_live";

    private const int MaxIncludes = 16;

    private static readonly string[] s_initramfsKeys = ["initramfs", "ramfsfile", "ramfsaddr"];

    /// <summary>config.txt and what it includes, by path.</summary>
    private readonly Dictionary<string, ConfigText> _files = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _prefix;
    private readonly bool _choosesByKernel;

    private BootConfiguration(DirectoryNode boot)
    {
        Settings = [.. Read(boot, ConfigPath).Select(line => new BootSetting(line.Filter, line.Key, line.Value))];
        if (_files.Count == 0)
            _files.Add(ConfigPath, ConfigText.Parse([]));
        _prefix = Unconditional("os_prefix") ?? "";
        _choosesByKernel = Unconditional("auto_initramfs") == "1" && !Settings.Any(setting => s_initramfsKeys.Contains(setting.Key));
        CommandLinePath = _prefix + (Unconditional("cmdline") ?? "cmdline.txt");
    }

    /// <summary>All settings with their sections, included files in place.</summary>
    public IReadOnlyList<BootSetting> Settings { get; }

    /// <summary>Path of the kernel command line on the boot volume.</summary>
    public string CommandLinePath { get; }

    /// <summary>Reads the configuration of a boot volume; one without a config.txt has no settings.</summary>
    public static BootConfiguration Read(DirectoryNode boot) => new(boot);

    /// <summary>Where the initramfs of a kernel goes on the boot volume.</summary>
    public string InitramfsOf(KernelFlavour kernel) => _choosesByKernel ? kernel.InitramfsFile : _prefix + SharedName;

    /// <summary>The configuration files that a live image needs other than the stock image has them, by path.</summary>
    public IEnumerable<KeyValuePair<string, byte[]>> ToLive()
    {
        if (_choosesByKernel)
            yield break;
        foreach ((string path, ConfigText text) in _files)
        {
            int removed = text.Remove([.. s_initramfsKeys, "auto_initramfs"]);
            if (path == ConfigPath)
                text.Append($"initramfs {SharedName} followkernel");
            else if (removed == 0)
                continue;
            yield return new(path, text.ToBytes());
        }
    }

    /// <summary>The models that load a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="kernels">All kernels of the image.</param>
    public IReadOnlyList<string> ModelsOf(KernelFlavour kernel, IReadOnlyList<KernelFlavour> kernels)
    {
        if (Settings.Any(setting => setting is { IsUnconditional: true, Key: "kernel" }))
        {
            return [.. PiModels.All.Where(model => kernel.Architecture == KernelArchitecture.Arm64 ? model.Kernels64.Count > 0 : model.Kernels32.Count > 0)
                .Select(model => model.Name)];
        }
        bool? arm64 = Unconditional("arm_64bit") switch { null => null, "0" => false, _ => true };
        return PiModels.LoadsFrom([.. kernels.Select(candidate => candidate.KernelFile)], arm64).TryGetValue(kernel.KernelFile, out IReadOnlyList<PiModel>? models)
            ? [.. models.Select(model => model.Name)]
            : [];
    }

    private List<ConfigLine> Read(DirectoryNode boot, string path)
    {
        if (_files.Count > MaxIncludes || _files.ContainsKey(path) || FatPath.FindFile(boot, path) is not { } file || file.Content.Length > ConfigText.MaxLength)
            return [];
        ConfigText text = ConfigText.Parse(file.Content.ReadAll());
        _files.Add(path, text);
        List<ConfigLine> lines = [];
        foreach (ConfigLine line in text.Settings())
        {
            if (line.Key == "include" && FatPath.FindFile(boot, line.Value) is not null)
                lines.AddRange(Read(boot, line.Value));
            else
                lines.Add(line);
        }
        return lines;
    }

    private string? Unconditional(string key) => Settings.LastOrDefault(setting => setting.IsUnconditional && setting.Key == key).Value;
}
