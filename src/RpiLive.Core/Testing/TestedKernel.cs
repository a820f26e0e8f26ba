using RpiLive.Core.Imaging;
using RpiLive.Core.Kernel;
using RpiLive.Core.Testing.Initramfs;

namespace RpiLive.Core.Testing;

/// <summary>A kernel with the initramfs that is loaded with it.</summary>
/// <param name="Name">Its flavour, or its path where the image does not say.</param>
/// <param name="Path">Path on the boot volume.</param>
/// <param name="InitramfsPath">Path of the initramfs on the boot volume.</param>
/// <param name="Image">What the kernel file says.</param>
/// <param name="Flavour">What the image says; null where it does not name this kernel.</param>
internal sealed record TestedKernel(string Name, string Path, string InitramfsPath, KernelImage Image, LiveFlavour? Flavour)
{
    /// <summary>Its release by the kernel itself, else as the image says; null where neither tells.</summary>
    public string? Release => Image.Release ?? Flavour?.Release;

    /// <summary>The archive of RpiLive's that was made for this kernel, or else the first that RpiLive made; null where there is none.</summary>
    public InitramfsArchive? ArchiveIn(IReadOnlyList<InitramfsArchive> archives) =>
        archives.FirstOrDefault(archive => archive.IsLive && archive.Stamp["release"] == Release) ?? archives.FirstOrDefault(archive => archive.IsLive);

    /// <summary>What it is built for, by the file or else by its usual name.</summary>
    public KernelArchitecture Architecture => Image.Architecture != KernelArchitecture.Unknown ? Image.Architecture
        : KernelFileName.Find(Path[(Path.LastIndexOf('/') + 1)..])?.Architecture ?? KernelArchitecture.Unknown;
}
