using System.Text;
using RpiLive.Core.Compression;
using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Kernel;

/// <summary>
/// The modules of one kernel: <c>/lib/modules/RELEASE</c> with the files that depmod(8) makes. Module names count as equal
/// with <c>-</c> and <c>_</c>, as for modprobe(8).
/// </summary>
public sealed class ModuleTree
{
    /// <summary>The most bytes of a module, unpacked.</summary>
    public const int MaxModuleLength = 64 << 20;

    /// <summary>The most bytes of a file of the module directory.</summary>
    internal const int MaxIndexLength = 16 << 20;

    private const string Format = "Module";

    /// <summary>The most modules in a closure, modules of one alias and soft dependencies of one module.</summary>
    private const int MaxClosure = 4096, MaxPerName = 64;

    private readonly DirectoryNode _root;
    private readonly ICodecs _codecs;
    private readonly Dictionary<string, ModuleEntry> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _builtIn = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _exactAliases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _soft = new(StringComparer.Ordinal);

    private ModuleTree(DirectoryNode root, string release, ICodecs codecs, FileNode dependencies)
    {
        _root = root;
        _codecs = codecs;
        Release = release;
        ReadDependencies(Text(dependencies, "modules.dep"));
        ReadBuiltIn();
        ReadAliases();
        ReadSoftDependencies();
    }

    /// <summary>Kernel release as <c>uname -r</c> says it.</summary>
    public string Release { get; }

    /// <summary>Opens the modules of a kernel; null where the root has none for this release.</summary>
    /// <param name="root">The root of the file system.</param>
    /// <param name="release">Kernel release.</param>
    /// <param name="codecs">For compressed modules.</param>
    /// <exception cref="ImageException"><c>CorruptModule</c>: modules.dep is damaged.</exception>
    public static ModuleTree? Open(DirectoryNode root, string release, ICodecs codecs) =>
        KernelRelease.IsValid(release) && TreePath.FindFile(root, $"/lib/modules/{release}/modules.dep") is { } dependencies
            ? new ModuleTree(root, release, codecs, dependencies)
            : null;

    /// <summary>The form of a name in which <c>-</c> and <c>_</c> are the same.</summary>
    public static string Normalize(string name) => name.Replace('-', '_');

    /// <summary>All modules that modules.dep lists.</summary>
    internal IReadOnlyCollection<ModuleEntry> All => _byName.Values;

    /// <summary>True when the kernel has this module built in, by name or alias.</summary>
    public bool IsBuiltIn(string name) => _builtIn.Contains(Normalize(name));

    /// <summary>The module of this name, or null.</summary>
    public ModuleEntry? Find(string name) => _byName.GetValueOrDefault(Normalize(name));

    /// <summary>The modules that a name stands for, as modprobe(8) takes it: the module itself, else those with exactly this alias.</summary>
    public IReadOnlyList<ModuleEntry> Lookup(string name)
    {
        if (Find(name) is { } module)
            return [module];
        if (_exactAliases.GetValueOrDefault(Normalize(name)) is not { } names)
            return [];
        return [.. names.Select(Find).OfType<ModuleEntry>()];
    }

    /// <summary>
    /// The named modules with all that they depend on, each after what it depends on. Soft dependencies (modules.softdep) come
    /// along where they exist; names that are built in or unknown are left out.
    /// </summary>
    /// <exception cref="ImageException"><c>CorruptModule</c>: a dependency is not in modules.dep.</exception>
    public IReadOnlyList<ModuleEntry> Closure(IEnumerable<string> names)
    {
        List<ModuleEntry> ordered = [];
        HashSet<string> visited = new(StringComparer.Ordinal);
        Stack<(ModuleEntry Module, bool Expanded)> pending = new();
        foreach (string name in names)
        {
            foreach (ModuleEntry module in Lookup(name))
                pending.Push((module, false));
            while (pending.TryPop(out (ModuleEntry Module, bool Expanded) item))
            {
                if (item.Expanded)
                {
                    ordered.Add(item.Module);
                    continue;
                }
                if (!visited.Add(item.Module.Name))
                    continue;
                if (visited.Count > MaxClosure)
                    throw ImageException.Corrupt(Format, $"/lib/modules/{Release}/modules.dep", $"what the live boot needs depends on more than {MaxClosure:N0} modules");
                pending.Push((item.Module, true));
                foreach (string path in item.Module.Dependencies)
                    pending.Push((ByPath(path, item.Module), false));
                foreach (ModuleEntry soft in SoftDependencies(item.Module.Name).SelectMany(Lookup))
                    pending.Push((soft, false));
            }
        }
        return ordered;
    }

    /// <summary>The names in modules.softdep for a module, before and after it, in order.</summary>
    public IReadOnlyList<string> SoftDependencies(string name) => _soft.GetValueOrDefault(Normalize(name)) ?? [];

    /// <summary>Where a module lies in the image, for reading in disk order; -1 where it does not say.</summary>
    internal long DiskOffset(ModuleEntry module) => TreePath.FindFile(_root, PathOf(module))?.Content.DiskOffset ?? -1;

    /// <summary>Reads a module as plain ELF and checks that it is for this kernel.</summary>
    /// <param name="module">Which module.</param>
    /// <param name="architecture">What the kernel is built for; not checked when unknown.</param>
    /// <exception cref="ImageException"><c>CorruptModule</c>, whatever it is packed by.</exception>
    public byte[] Read(ModuleEntry module, KernelArchitecture architecture)
    {
        string path = PathOf(module);
        if (TreePath.FindFile(_root, path) is not { } node)
            throw ImageException.Corrupt(Format, path, "modules.dep names this module, but the file is not there");
        return PackedModule.Read(node.Content, path, _codecs, (bytes, elf) =>
        {
            Check(elf, path, architecture);
            return bytes;
        });
    }

    private void Check(ElfFile elf, string path, KernelArchitecture architecture)
    {
        ElfMachine? expected = architecture switch
        {
            KernelArchitecture.Arm => ElfMachine.Arm,
            KernelArchitecture.Arm64 => ElfMachine.Arm64,
            _ => null,
        };
        if (expected is not null && elf.Machine != expected)
            throw ImageException.Corrupt(Format, path, $"is for {elf.Machine}, but its kernel is for {expected}");
        if (VersionMagic(elf) is { } magic && magic.Split(' ')[0] != Release)
            throw ImageException.Corrupt(Format, path, $"is built for kernel {magic.Split(' ')[0]}, but lies among the modules of {Release}");
    }

    private string PathOf(ModuleEntry module) => $"/lib/modules/{Release}/{module.Path}";

    /// <summary>The lines of modules.alias and modules.symbols that lead to one of <paramref name="names"/> (normalized).</summary>
    /// <param name="file">modules.alias or modules.symbols.</param>
    /// <param name="names">Normalized module names.</param>
    internal IEnumerable<string> AliasLines(string file, IReadOnlySet<string> names) =>
        Lines(file).Where(line => line.StartsWith("alias ", StringComparison.Ordinal) && names.Contains(Normalize(line[(line.LastIndexOf(' ') + 1)..])));

    /// <summary>The lines of modules.softdep of the modules named.</summary>
    /// <param name="names">Normalized module names.</param>
    internal IEnumerable<string> SoftDependencyLines(IReadOnlySet<string> names) => Lines("modules.softdep")
        .Where(line => Words(line) is ["softdep", var name, ..] && names.Contains(Normalize(name)));

    /// <summary>The lines of a file of the module directory, comments and empty lines left out; none where it is not there.</summary>
    internal IEnumerable<string> Lines(string file) => TreePath.FindFile(_root, $"/lib/modules/{Release}/{file}") is { } node
        ? Text(node, file).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')
        : [];

    private static string[] Words(string line) => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private static string? VersionMagic(ElfFile elf)
    {
        if (elf.FindSection(".modinfo") is not { } section)
            return null;
        ReadOnlySpan<byte> key = "vermagic="u8;
        foreach (Range range in section.Span.Split((byte)0))
        {
            ReadOnlySpan<byte> entry = section.Span[range];
            if (entry.StartsWith(key))
                return Encoding.UTF8.GetString(entry[key.Length..]);
        }
        return null;
    }

    private ModuleEntry ByPath(string path, ModuleEntry user)
    {
        if (ModuleEntry.NameOf(path) is { } name && _byName.GetValueOrDefault(name) is { } module)
            return module;
        throw ImageException.Corrupt(Format, $"/lib/modules/{Release}/modules.dep", $"{user.Path} depends on {path}, which is not listed");
    }

    private void ReadDependencies(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string path = colon < 0 ? "" : line[..colon];
            if (ModuleEntry.NameOf(path) is not { } name)
                throw ImageException.Corrupt(Format, $"/lib/modules/{Release}/modules.dep", $"the line '{line[..Math.Min(line.Length, 80)]}' names no module");
            _byName.TryAdd(name, new ModuleEntry(name, path, Words(line[(colon + 1)..])));
        }
    }

    private void ReadBuiltIn()
    {
        foreach (string line in Lines("modules.builtin"))
        {
            if (ModuleEntry.NameOf(line) is { } name)
                _builtIn.Add(name);
        }
        // NAME.KEY=VALUE, each ended by a zero byte.
        if (TreePath.FindFile(_root, $"/lib/modules/{Release}/modules.builtin.modinfo") is not { } information)
            return;
        foreach (string entry in Text(information, "modules.builtin.modinfo").Split('\0'))
        {
            int alias = entry.IndexOf(".alias=", StringComparison.Ordinal);
            if (alias > 0 && entry.IndexOfAny(['*', '?', '[']) < 0)
                _builtIn.Add(Normalize(entry[(alias + ".alias=".Length)..]));
        }
    }

    private void ReadAliases()
    {
        foreach (string line in Lines("modules.alias"))
        {
            if (line.IndexOfAny(['*', '?', '[']) >= 0 || Words(line) is not ["alias", var alias, var name])
                continue;
            string key = Normalize(alias);
            if (!_exactAliases.TryGetValue(key, out List<string>? names))
                _exactAliases.Add(key, names = []);
            if (names.Count < MaxPerName)
                names.Add(name);
        }
    }

    private void ReadSoftDependencies()
    {
        foreach (string line in Lines("modules.softdep"))
        {
            if (Words(line) is not ["softdep", var name, .. var dependencies])
                continue;
            string key = Normalize(name);
            if (!_soft.TryGetValue(key, out List<string>? names))
                _soft.Add(key, names = []);
            names.AddRange(dependencies.Where(word => word is not ("pre:" or "post:")).Take(MaxPerName - names.Count));
        }
    }

    private string Text(FileNode node, string file) => node.Content.Length <= MaxIndexLength
        ? Encoding.UTF8.GetString(node.Content.ReadAll(MaxIndexLength))
        : throw ImageException.Corrupt(Format, $"/lib/modules/{Release}/{file}", $"has {node.Content.Length:N0} bytes, more than such a file can have");
}
