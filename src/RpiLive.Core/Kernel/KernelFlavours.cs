using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Kernel;

/// <summary>
/// Finds the kernels of an image that the firmware can load: the names that it knows (config_txt/boot.adoc of the Raspberry Pi
/// documentation), the <c>kernel</c> lines of config.txt, and Debian's <c>vmlinuz-RELEASE</c>.
/// </summary>
public static class KernelFlavours
{
    private const string DebianPrefix = "vmlinuz-";
    private const int MaxKernels = 32;

    /// <summary>The kernels, in a fixed order.</summary>
    /// <param name="boot">Root of the boot volume.</param>
    /// <param name="root">Root of the root file system.</param>
    /// <param name="settings">The lines of config.txt.</param>
    /// <param name="codecs">For kernels inside an EFI zboot file.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.KernelMissing"/> or <see cref="ErrorIds.ModulesMissing"/>.</exception>
    public static IReadOnlyList<KernelFlavour> Find(
        DirectoryNode boot, DirectoryNode root, IReadOnlyList<BootSetting> settings, ICodecs? codecs = null)
    {
        List<KernelFlavour> flavours = [];
        foreach ((string file, string? initramfs) in Candidates(boot, settings))
        {
            if (flavours.Any(flavour => flavour.KernelFile.Equals(file, StringComparison.OrdinalIgnoreCase)))
                continue;
            if (flavours.Count == MaxKernels)
                throw ImageException.Unsupported("Kernel", "boot volume", $"more than {MaxKernels} kernels");
            KernelImage image = KernelImage.Inspect(FindOnFat(boot, file)!.Content, codecs);
            string name = file[(file.LastIndexOf('/') + 1)..];
            KernelFileName? known = KernelFileName.Find(name);
            string release = FindRelease(root, file, name, known, image.Release);
            KernelArchitecture architecture = image.Architecture != KernelArchitecture.Unknown ? image.Architecture
                : known?.Architecture ?? (release.EndsWith("-arm64", StringComparison.Ordinal) ? KernelArchitecture.Arm64 : KernelArchitecture.Unknown);
            string flavourName = known?.Flavour ?? Suffix(release);
            if (flavours.Any(flavour => flavour.Name == flavourName))
                flavourName = release;
            flavours.Add(new KernelFlavour(flavourName, release, file, initramfs ?? InitramfsName(file), architecture));
        }
        if (flavours.Count == 0)
        {
            throw new ImageException(ErrorIds.KernelMissing, ImageErrorKind.Missing,
                "The boot volume holds no kernel: neither kernel*.img nor vmlinuz-* nor a file that config.txt names.",
                "Use an image as published by Raspberry Pi or Debian.");
        }
        return flavours;
    }

    /// <summary>
    /// Kernel files that exist, with the initramfs that config.txt names for each. A <c>kernel</c> line outside of any section
    /// keeps the firmware from looking for its own names, so those count only where there is none.
    /// </summary>
    private static IEnumerable<(string File, string? Initramfs)> Candidates(DirectoryNode boot, IReadOnlyList<BootSetting> settings)
    {
        foreach (string filter in settings.Select(setting => setting.IsUnconditional ? "" : setting.Filter).Distinct().Order(StringComparer.Ordinal))
        {
            string prefix = Value("os_prefix") ?? "";
            if (Value("kernel") is { Length: > 0 } kernel && FindOnFat(boot, prefix + kernel) is not null)
                yield return (prefix + kernel, Initramfs(prefix));

            string? Value(string key) => settings.LastOrDefault(setting => setting.Key == key && setting.Filter == filter
                || setting.Key == key && setting.IsUnconditional).Value;
            string? Initramfs(string folder) => (Value("initramfs") ?? Value("ramfsfile"))?.Split((char[])[' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries)
                is [var first, ..] ? folder + first : null;
        }
        if (settings.Any(setting => setting is { IsUnconditional: true, Key: "kernel", Value.Length: > 0 }))
            yield break;
        foreach (KernelFileName known in KernelFileName.All)
        {
            if (FindOnFat(boot, known.File) is not null)
                yield return (known.File, null);
        }
        if (settings.Any(setting => setting is { Key: "kernel", Value.Length: > 0 }))
            yield break;
        foreach (FileName name in boot.Children.Keys)
        {
            if (name.ToString() is { } text && text.StartsWith(DebianPrefix, StringComparison.OrdinalIgnoreCase) && FindOnFat(boot, text) is not null)
                yield return (text, null);
        }
    }

    private static string FindRelease(DirectoryNode root, string file, string name, KernelFileName? known, string? read)
    {
        if (read is null && known is null && name.StartsWith(DebianPrefix, StringComparison.OrdinalIgnoreCase)
            && KernelRelease.IsValid(name[DebianPrefix.Length..]))
            read = name[DebianPrefix.Length..];
        DirectoryNode? modules = TreePath.FindDirectory(root, "/lib/modules");
        string? found = read is not null
            ? Releases().FirstOrDefault(release => release == read)
            : Releases().Where(release => known is not null && known.Matches(release)).Order(Comparer<string>.Create(KernelRelease.Compare)).LastOrDefault();
        return found ?? throw new ImageException(ErrorIds.ModulesMissing, ImageErrorKind.Missing,
            $"The kernel {file}{(read is null ? "" : $" is release {read}, but it")} has no modules in /lib/modules of the root, which holds {Listing()}.",
            "Use an image whose kernels and modules belong together, or remove the kernel from the boot volume.");

        IEnumerable<string> Releases() => modules?.Children.Keys.Select(key => key.ToString())
            .Where(release => KernelRelease.IsValid(release) && TreePath.FindFile(root, $"/lib/modules/{release}/modules.dep") is not null) ?? [];
        string Listing() => Releases().ToList() is { Count: > 0 } releases ? string.Join(", ", releases) : "none with a modules.dep";
    }

    /// <summary>
    /// The name that <c>auto_initramfs=1</c> derives (kernel8.img → initramfs8), Debian's initrd.img-RELEASE, and for any other
    /// kernel a name of our own that config.txt must then give.
    /// </summary>
    /// <param name="file">Path of the kernel on the boot volume.</param>
    internal static string InitramfsName(string file)
    {
        string name = file[(file.LastIndexOf('/') + 1)..];
        string folder = file[..^name.Length];
        if (name.StartsWith(DebianPrefix, StringComparison.OrdinalIgnoreCase))
            return folder + "initrd.img-" + name[DebianPrefix.Length..];
        string stem = name.EndsWith(".img", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
        return folder + (stem.StartsWith("kernel", StringComparison.OrdinalIgnoreCase) ? "initramfs" + stem["kernel".Length..] : "initramfs-" + stem);
    }

    /// <summary>Names on FAT match without regard to case.</summary>
    private static FileNode? FindOnFat(DirectoryNode boot, string path)
    {
        TreeNode? node = boot;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            node = (node as DirectoryNode)?.Children
                .FirstOrDefault(child => child.Key.ToString().Equals(part, StringComparison.OrdinalIgnoreCase)).Value;
        }
        return node as FileNode;
    }

    private static string Suffix(string release)
    {
        string suffix = release[(release.LastIndexOf('-') + 1)..].TrimEnd('+');
        return suffix.Length > 0 ? suffix : release;
    }
}
