namespace RpiLive.Core.Kernel;

/// <summary>What zram of a kernel compresses by.</summary>
/// <remarks>
/// drivers/block/zram/Kconfig and zcomp.c of Linux: from 6.12 on zram has compressors of its own (<c>ZRAM_BACKEND_*</c>), before that it
/// takes those of the crypto API; <c>lzo-rle</c> comes with lzo since 5.1.
/// </remarks>
public static class ZramSupport
{
    private static readonly (string Option, string[] Algorithms)[] s_backends =
    [
        ("LZO", ["lzo", "lzo-rle"]), ("LZ4", ["lz4"]), ("LZ4HC", ["lz4hc"]), ("ZSTD", ["zstd"]), ("842", ["842"]), ("DEFLATE", ["deflate"]),
    ];

    /// <summary>The names of all that zram was ever able to compress by; modules of the crypto API have the same.</summary>
    public static IReadOnlyList<string> KnownAlgorithms { get; } = [.. s_backends.SelectMany(backend => backend.Algorithms)];

    /// <summary>True from the release on in which zram no longer takes its compressors from the crypto API.</summary>
    /// <param name="release">Kernel release.</param>
    public static bool HasOwnCompressors(string release) => KernelRelease.Compare(release, "6.12") >= 0;

    /// <summary>The algorithms that a kernel's zram has, in the order of <see cref="KnownAlgorithms"/>; none where it has no zram.</summary>
    /// <param name="config">The kernel's configuration; where it is not known, what the modules tell counts.</param>
    /// <param name="modules">The kernel's modules.</param>
    public static IReadOnlyList<string> Find(KernelConfig config, ModuleTree modules)
    {
        if (!Has("zram"))
            return [];
        if (s_backends.Any(backend => config["CONFIG_ZRAM_BACKEND_" + backend.Option] is KernelOption.Yes or KernelOption.Module))
            return [.. s_backends.Where(backend => config["CONFIG_ZRAM_BACKEND_" + backend.Option] == KernelOption.Yes).SelectMany(backend => backend.Algorithms)];
        if (config.Source is null && modules.Find("zram") is { } zram && HasOwnCompressors(modules.Release))
        {
            // The libraries that it needs tell; one built into the kernel does not show, and is not offered.
            string[] libraries = [.. zram.Dependencies.Select(path => ModuleTree.Normalize(Path.GetFileName(ModuleEntry.Plain(path))))];
            return [.. s_backends.Where(backend => libraries.Contains(backend.Option.ToLowerInvariant() + "_compress.ko")).SelectMany(backend => backend.Algorithms)];
        }
        return [.. s_backends.SelectMany(backend => backend.Algorithms.Where(name => config["CONFIG_CRYPTO_" + backend.Option] != KernelOption.No && Has(name)))];

        bool Has(string name) => modules.IsBuiltIn(name) || modules.Find(name) is not null;
    }
}
