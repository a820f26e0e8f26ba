using RpiLive.Core.Compression;
using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Kernel;

namespace RpiLive.Core.Imaging.Base;

/// <summary>
/// Makes the initramfs of a base image: busybox, the drivers between the Pi and its card, and a short /init that mounts the root. Debian's own
/// is made by running programs of the image, and is ten times as large.
/// </summary>
internal static class BaseInitramfs
{
    private const int Executable = 0x1ED;

    private static readonly string[] s_sharedParts = ["00-base.sh", "05-json.sh", "20-modules.sh"];

    /// <summary>Makes it.</summary>
    /// <param name="request">Root and kernel.</param>
    /// <param name="codecs">For compressed modules.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ImageException">Something that it needs is not in the root, or damaged.</exception>
    public static byte[] Build(InitramfsRequest request, ICodecs codecs, CancellationToken cancellation)
    {
        ModuleTree modules = ModuleTree.Open(request.Root, request.Flavour.Release, codecs) ?? throw new InvalidOperationException("The modules have no index.");
        return InitramfsContents.Pack(archive =>
        {
            archive.AddFile("init", BootScripts.Read("base/init"), Executable);
            archive.AddFile("lib/rpilive/base/10-root.sh", BootScripts.Read("base/10-root.sh"));
            foreach (string part in s_sharedParts)
                archive.AddFile("lib/rpilive/" + part, BootScripts.Read("parts/" + part));
            SortedDictionary<string, NeededFile> libraries = InitramfsContents.AddBusyBox(archive, request, new LibraryClosure(request.Root));
            InitramfsContents.AddLibraries(archive, libraries);
            InitramfsContents.AddModules(
                archive, modules, InitramfsContents.ReadModules(modules, LiveModules.ChooseForDisk(modules), request.Flavour.Architecture, cancellation),
                LiveModules.LoadListForDisk(modules));
        });
    }
}
