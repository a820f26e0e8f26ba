using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.BootFiles;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging;

/// <summary>Makes the files of a stock boot volume those of a live image.</summary>
internal static class BootTreeEditor
{
    /// <summary>Puts our initramfs, config.txt and cmdline.txt in; everything else stays as it is.</summary>
    /// <returns>What the user should know.</returns>
    public static IReadOnlyList<string> Apply(DirectoryNode boot, LivePlan plan)
    {
        foreach ((string path, byte[] content) in plan.Initramfs)
            Put(boot, path, content, plan.Timestamp);
        foreach ((string path, byte[] content) in plan.BootConfiguration.ToLive())
            Put(boot, path, content, plan.Timestamp);

        string commandLinePath = plan.BootConfiguration.CommandLinePath;
        FileContent? stock = FatPath.FindFile(boot, commandLinePath)?.Content;
        if (stock?.Length > KernelCommandLine.MaxLength)
            throw ImageException.Corrupt("BootFiles", commandLinePath, $"has {stock.Length:N0} bytes, more than a kernel command line can have");
        KernelCommandLine live = KernelCommandLine.Parse(stock?.ReadAll()).ToLive(out IReadOnlyList<string> dropped);
        Put(boot, commandLinePath, live.ToBytes(), plan.Timestamp);
        return dropped.Any(word => word.StartsWith("systemd.run=", StringComparison.Ordinal))
            ? [$"{commandLinePath}: the settings of Raspberry Pi Imager (firstrun.sh) are not applied, as a live system would apply them and restart at every boot."]
            : [];
    }

    /// <summary>Replaces the file under its stored name, which may differ in case, or adds it.</summary>
    private static void Put(DirectoryNode boot, string path, byte[] content, Timestamp time)
    {
        DirectoryNode directory = boot;
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (string part in parts[..^1])
        {
            directory = FatPath.FindChild(directory, part)?.Node as DirectoryNode
                ?? throw ImageException.Corrupt("BootFiles", path, $"the boot volume has no folder {part}");
        }
        FileName name = FatPath.FindChild(directory, parts[^1])?.Name ?? parts[^1];
        directory.Children[name] = new FileNode(new MemoryContent(content)) { Permissions = 0x1ED, ModifiedTime = time };
    }
}
