using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>What an initramfs is made of.</summary>
public sealed record InitramfsRequest
{
    /// <summary>Root of the image's root file system: modules, busybox and libraries come from it.</summary>
    public required DirectoryNode Root { get; init; }

    /// <summary>The kernel that it is for.</summary>
    public required KernelFlavour Flavour { get; init; }

    /// <summary>Volume id of the boot volume, which /init looks for.</summary>
    public required uint VolumeId { get; init; }

    /// <summary>A busybox of the host's choice instead of the image's own; null for the image's own.</summary>
    public FileContent? BusyBox { get; init; }

    /// <summary>What errors call <see cref="BusyBox"/>.</summary>
    public string BusyBoxName { get; init; } = "given";
}
