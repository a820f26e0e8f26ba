using System.Text;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Kernel;

/// <summary>The configuration that a kernel was built with, as far as the image tells it.</summary>
public sealed class KernelConfig
{
    private const int MaxLength = 4 << 20;

    private readonly Dictionary<string, KernelOption>? _options;

    private KernelConfig(string? source, string? text)
    {
        if (text is null)
            return;
        Dictionary<string, KernelOption> options = new(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line.StartsWith("CONFIG_", StringComparison.Ordinal))
                options[line[..equals]] = line[(equals + 1)..].TrimEnd() is "m" ? KernelOption.Module : KernelOption.Yes;
        }
        // A file without any option is no configuration; to take it for one would say No to everything.
        if (options.Count == 0)
            return;
        _options = options;
        Source = source;
    }

    /// <summary>Where the configuration was found; null when it is not known.</summary>
    public string? Source { get; }

    /// <summary>One option, such as <c>CONFIG_SQUASHFS</c>. What a known configuration does not name is <see cref="KernelOption.No"/>.</summary>
    public KernelOption this[string option] => _options is null ? KernelOption.Unknown : _options.GetValueOrDefault(option, KernelOption.No);

    /// <summary>Reads a configuration out of text.</summary>
    public static KernelConfig Parse(string text, string source) => new(source, text);

    /// <summary>
    /// Looks for <c>config-RELEASE</c> in <c>/boot</c> of the root and on the boot volume, then for the configuration inside
    /// the module <c>configs</c> (CONFIG_IKCONFIG=m).
    /// </summary>
    /// <param name="root">Root of the root file system.</param>
    /// <param name="boot">Root of the boot volume, where there is one.</param>
    /// <param name="modules">The kernel's modules.</param>
    public static KernelConfig Find(DirectoryNode root, DirectoryNode? boot, ModuleTree modules)
    {
        string name = "config-" + modules.Release;
        return FromFile(TreePath.FindFile(root, "/boot/" + name), "/boot/" + name)
            ?? FromFile(boot is null ? null : TreePath.FindFile(boot, name), name)
            ?? FromModule(modules)
            ?? new KernelConfig(null, null);
    }

    /// <summary>
    /// True when the kernel is known to read a squashfs compressed with zstd: the configuration says so, or, where none is known,
    /// the module squashfs imports the kernel's zstd decompressor.
    /// </summary>
    /// <param name="modules">The kernel's modules.</param>
    public bool SupportsSquashFsZstd(ModuleTree modules)
    {
        if (_options is not null)
            return this["CONFIG_SQUASHFS_ZSTD"] == KernelOption.Yes;
        try
        {
            // The name squashfs_zstd_comp_ops proves nothing: without the option it is a stub that says "not supported".
            return modules.Find("squashfs") is { } module && modules.Read(module, KernelArchitecture.Unknown) is { } bytes
                && (bytes.AsSpan().IndexOf("\0zstd_decompress_stream\0"u8) >= 0 || bytes.AsSpan().IndexOf("\0ZSTD_decompressStream\0"u8) >= 0);
        }
        catch (ImageException)
        {
            return false;
        }
    }

    private static KernelConfig? FromFile(FileNode? file, string source) => file is { Content.Length: <= MaxLength }
        && new KernelConfig(source, Encoding.UTF8.GetString(file.Content.ReadAll(MaxLength))) is { Source: not null } config
        ? config
        : null;

    /// <summary>The marks stand in kernel/configs.c of Linux.</summary>
    private static KernelConfig? FromModule(ModuleTree modules)
    {
        try
        {
            if (modules.Find("configs") is not { } module)
                return null;
            byte[] bytes = modules.Read(module, KernelArchitecture.Unknown);
            int start = bytes.AsSpan().IndexOf("IKCFG_ST"u8), end = bytes.AsSpan().LastIndexOf("IKCFG_ED"u8);
            if (start < 0 || end < start + 8 || BoundedGzip.Decompress(bytes.AsMemory((start + 8)..end), MaxLength) is not { } text)
                return null;
            return new KernelConfig(module.Path, Encoding.UTF8.GetString(text)) is { Source: not null } config ? config : null;
        }
        catch (ImageException)
        {
            return null;
        }
    }
}
