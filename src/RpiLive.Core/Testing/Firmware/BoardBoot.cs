using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Testing.Firmware;

/// <summary>
/// What the firmware of a model loads from a boot volume (boot.adoc and conditional.adoc of raspberrypi/documentation). Lines under
/// conditions other than a model, such as the state of a pin, are taken as not met.
/// </summary>
internal sealed record BoardBoot
{
    /// <summary>The model.</summary>
    public required PiModel Model { get; init; }

    /// <summary>Path of the kernel on the boot volume; null where there is none for the model.</summary>
    public string? Kernel { get; private init; }

    /// <summary>Path of the initramfs; null where none is loaded.</summary>
    public string? Initramfs { get; private init; }

    /// <summary>All paths of initramfs lines, which are loaded as one; mostly one.</summary>
    public IReadOnlyList<string> InitramfsFiles { get; private init; } = [];

    /// <summary>Path of the device tree that is there; null where none is.</summary>
    public string? DeviceTree { get; private init; }

    /// <summary>The device tree that would be loaded, by the firmware's name for it.</summary>
    public required string DeviceTreeWanted { get; init; }

    /// <summary>What all models load.</summary>
    public static IReadOnlyList<BoardBoot> All(DirectoryNode boot, BootConfiguration configuration) =>
        [.. PiModels.All.Select(model => Of(model, boot, configuration))];

    private static BoardBoot Of(PiModel model, DirectoryNode boot, BootConfiguration configuration)
    {
        string prefix = Value("os_prefix") ?? "";
        string? named = Value("kernel") is { Length: > 0 } name ? prefix + name : null;
        string? kernel = named ?? (PiModels.KernelOf(model, [.. boot.Children.Keys.Select(key => key.ToString())], Value("arm_64bit") switch { null => null, "0" => false, _ => true }) is { } found ? prefix + found : null);
        string[] files = [];
        if ((Value("initramfs") ?? Value("ramfsfile"))?.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is [var list, ..])
            files = [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(file => prefix + file)];
        else if (kernel is not null && Value("auto_initramfs") == "1")
            files = [KernelFlavours.InitramfsName(kernel)];
        string wanted = (Value("device_tree") is { Length: > 0 } tree ? tree : model.DeviceTrees[0] + ".dtb");
        IEnumerable<string> trees = Value("device_tree") is { Length: > 0 } ? [wanted] : model.DeviceTrees.Select(stem => stem + ".dtb");
        return new BoardBoot
        {
            Model = model,
            Kernel = kernel,
            Initramfs = files.FirstOrDefault(),
            InitramfsFiles = files,
            DeviceTreeWanted = wanted,
            DeviceTree = trees.Select(tree => prefix + tree).FirstOrDefault(path => FatPath.FindFile(boot, path) is not null),
        };

        string? Value(string key) => configuration.Settings.LastOrDefault(setting => setting.Key == key && Applies(setting.Filter, model)).Value;
    }

    private static bool Applies(string filter, PiModel model) => filter is "" or "all" || model.ConfigFilters.Contains(filter);
}
