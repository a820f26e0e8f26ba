using RpiLive.Core.Compression;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Kernel;

/// <summary>What a live image wants to know of a kernel's configuration.</summary>
/// <param name="ReadsSquashFsZstd">Whether it is known to read a squashfs compressed with zstd.</param>
/// <param name="ZramAlgorithms">What its zram compresses by; none where it has no zram.</param>
public sealed record KernelFeatures(bool ReadsSquashFsZstd, IReadOnlyList<string> ZramAlgorithms)
{
    /// <summary>Looks at a kernel's configuration and modules.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="root">Root of the root file system.</param>
    /// <param name="boot">Root of the boot volume.</param>
    /// <param name="codecs">For compressed modules.</param>
    public static KernelFeatures Read(KernelFlavour kernel, DirectoryNode root, DirectoryNode boot, ICodecs codecs)
    {
        if (ModuleTree.Open(root, kernel.Release, codecs) is not { } modules)
            return new(false, []);
        KernelConfig config = KernelConfig.Find(root, boot, modules);
        return new(config.SupportsSquashFsZstd(modules), ZramSupport.Find(config, modules));
    }
}
