using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>
/// The programs for stores. An image without them boots all the same: what /init then cannot do is said in a warning, and a store
/// that would need it is left alone.
/// </summary>
internal static class StoreTools
{
    /// <summary>Each program, and what is not done without it.</summary>
    private static readonly (string Name, string Consequence)[] s_tools =
    [
        ("e2fsck", "a store that was not unmounted cleanly cannot be repaired at boot and is not used"),
        ("resize2fs", "a store partition does not grow at the first boot"),
        ("mke2fs", "no container file is made on a FAT or exFAT stick"),
        ("blkid", "sticks are told apart by what stands in their boot sectors alone, where Windows does not put labels"),
    ];

    private static readonly string[] s_folders = ["/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/"];

    /// <summary>The programs that the root has and the kernel can run.</summary>
    /// <param name="root">The image's root.</param>
    /// <param name="architecture">Of the kernel.</param>
    /// <param name="closure">Finds the libraries of the root's programs.</param>
    /// <param name="warnings">Takes a sentence for each that is missing.</param>
    public static IReadOnlyList<StoreTool> Find(DirectoryNode root, KernelArchitecture architecture, LibraryClosure closure, ICollection<string> warnings)
    {
        List<StoreTool> found = [];
        foreach ((string name, string consequence) in s_tools)
        {
            string reason = "has none that its kernel can run";
            try
            {
                if (Load(root, architecture, closure, name) is { } tool)
                {
                    found.Add(tool);
                    continue;
                }
            }
            catch (ImageException e)
            {
                reason = $"has one that cannot be used ({e.Message.TrimEnd('.')})";
            }
            warnings.Add($"Kept directories need {name} in the live image, and the stock image {reason}: {consequence}.");
        }
        return found;
    }

    private static StoreTool? Load(DirectoryNode root, KernelArchitecture architecture, LibraryClosure closure, string name)
    {
        string? path = s_folders.Select(folder => folder + name).FirstOrDefault(candidate => TreePath.FindFile(root, candidate) is not null);
        if (path is null || TreePath.FindFile(root, path) is not { Content.Length: > 0 and <= ElfFile.MaxLength } file)
            return null;
        byte[] bytes = file.Content.ReadAll(ElfFile.MaxLength);
        ElfFile elf = ElfFile.Parse(bytes, path);
        if (elf.Type is not (ElfType.Executable or ElfType.Shared) || !BusyBox.Runs(elf.Machine, architecture))
            return null;
        IReadOnlyList<NeededFile> libraries = closure.Resolve(elf, path);
        return libraries.All(library => InitramfsContents.IsLibraryPath(library.Path)) ? new StoreTool(name, bytes, libraries) : null;
    }
}
