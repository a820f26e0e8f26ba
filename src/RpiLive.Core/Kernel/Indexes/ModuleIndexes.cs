using System.Text;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Kernel.Indexes;

/// <summary>
/// Makes the files by which modprobe(8) and udev(7) find modules, as depmod(8) of kmod 30 does: a kernel's package brings the
/// modules, modules.order, modules.builtin and modules.builtin.modinfo, and has the rest made as it is installed. modules.weakdep,
/// of kmod 33 and later, is made as well. depmod.d(5) is not read: its default, <c>search updates built-in</c>, holds.
/// </summary>
public static class ModuleIndexes
{
    /// <summary>The most bytes of all symbols and aliases together; those of Debian's kernels have some 5 MB.</summary>
    private const long MaxText = 64 << 20;

    /// <summary>The most bytes of all modules together, unpacked, so that a forged image cannot keep us unpacking.</summary>
    private const long MaxUnpacked = 16L << 30;

    /// <summary>
    /// Reads all modules below <c>/lib/modules/RELEASE</c>, by all processors, and puts the files there, replacing those of the
    /// same names: owned by root, permissions 0644. Modules stay in memory for the time of their reading only.
    /// </summary>
    /// <param name="root">The root of the file system; symbolic links in the path are followed within it.</param>
    /// <param name="release">Kernel release.</param>
    /// <param name="codecs">For .ko.zst.</param>
    /// <param name="time">Time of last change of the files.</param>
    /// <param name="cancellation">Ends the reading between modules.</param>
    /// <exception cref="ImageException">
    /// <c>CorruptModule</c>: a module is damaged or has a name that the files cannot hold, modules need each other in a circle, a
    /// file would have more than 16 MiB, or there is no such directory. The tree is then as it was.
    /// </exception>
    public static void Make(DirectoryNode root, string release, ICodecs codecs, Timestamp time, CancellationToken cancellation)
    {
        string folder = $"/lib/modules/{release}";
        if (!KernelRelease.IsValid(release) || TreePath.FindDirectory(root, folder) is not { } directory)
            throw ModuleError.Of(folder, "there is no such directory of modules");
        IReadOnlyList<IndexedModule> modules = ModuleOrder.Sort(ModuleFolder.Find(root, folder), Text("modules.order") ?? "");
        Read(modules, folder, codecs, cancellation);

        Dictionary<string, int> owners = new(StringComparer.Ordinal);
        IndexBuilder aliases = new(), symbols = new(), dependencies = new();
        for (int i = 0; i < modules.Count; i++)
        {
            foreach (string alias in modules[i].Facts.Aliases.Select(AliasPattern.Normalize).OfType<string>())
                aliases.Add(alias, modules[i].Name, i);
            // What two modules export is the later one's.
            foreach (string symbol in modules[i].Facts.Exports)
                owners[symbol] = i;
        }
        foreach ((string symbol, int owner) in owners)
            symbols.Add("symbol:" + symbol, modules[owner].Name, owner);
        List<string> lines = DependencyLines(modules, owners, folder, cancellation);
        for (int i = 0; i < lines.Count; i++)
            dependencies.Add(modules[i].Name, lines[i], i);

        List<(string Name, byte[] Bytes)> files = [];
        AddText("modules.dep", string.Concat(lines.Select(line => line + "\n")));
        AddText("modules.alias", IndexTexts.Aliases(modules));
        AddText("modules.softdep", IndexTexts.SoftDependencies(modules));
        AddText("modules.weakdep", IndexTexts.WeakDependencies(modules));
        AddText("modules.symbols", IndexTexts.Symbols(modules, owners));
        AddText("modules.devname", IndexTexts.DeviceNames(modules));
        AddIndex("modules.dep.bin", dependencies);
        AddIndex("modules.alias.bin", aliases);
        AddIndex("modules.symbols.bin", symbols);
        AddIndex("modules.builtin.bin", Text("modules.builtin") is { } list ? BuiltInModules.Names(list) : null);
        AddIndex("modules.builtin.alias.bin", Text("modules.builtin.modinfo") is { } information ? BuiltInModules.Aliases(information) : null);
        foreach ((string name, byte[] bytes) in files)
            directory.Children[name] = new FileNode(new MemoryContent(bytes)) { Permissions = 0b110_100_100, ModifiedTime = time };

        void AddText(string name, string text) => Add(name, text.Length <= ModuleTree.MaxIndexLength ? Encoding.Latin1.GetBytes(text) : null);
        // Without the list of its build there is an index of what is built in all the same, of no bytes.
        void AddIndex(string name, IndexBuilder? index) => Add(name, index is null ? [] : index.Build(ModuleTree.MaxIndexLength));
        void Add(string name, byte[]? bytes) => files.Add((name, bytes ?? throw TooLong(folder, name)));
        string? Text(string name)
        {
            if (TreePath.FindFile(root, $"{folder}/{name}") is not { } file)
                return null;
            return file.Content.Length <= ModuleTree.MaxIndexLength
                ? Encoding.Latin1.GetString(file.Content.ReadAll(ModuleTree.MaxIndexLength))
                : throw TooLong(folder, name);
        }
    }

    private static void Read(IReadOnlyList<IndexedModule> modules, string folder, ICodecs codecs, CancellationToken cancellation)
    {
        long text = 0, unpacked = 0;
        OrderedParallel.ForEach(modules.OrderBy(module => module.Content.DiskOffset), Environment.ProcessorCount, module =>
        {
            string path = $"{folder}/{module.Path}";
            module.Facts = PackedModule.Read(module.Content, path, codecs, (bytes, elf) => ModuleFactsReader.Read(elf, path, bytes.Length));
            if (Interlocked.Add(ref unpacked, module.Facts.UnpackedLength) > MaxUnpacked)
                throw ModuleError.Of(folder, $"the modules have more than {MaxUnpacked:N0} bytes unpacked");
            if (Interlocked.Add(ref text, module.Facts.TextLength) > MaxText)
                throw ModuleError.Of(folder, $"the modules have more than {MaxText:N0} bytes of symbols and aliases");
        }, cancellation);
    }

    /// <summary>The lines of modules.dep; they grow with the square of a chain of modules, so that their sum is watched.</summary>
    private static List<string> DependencyLines(
        IReadOnlyList<IndexedModule> modules, IReadOnlyDictionary<string, int> owners, string folder, CancellationToken cancellation)
    {
        DependencyGraph graph = new(modules, owners, folder);
        List<string> lines = [];
        long length = 0;
        for (int i = 0; i < modules.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            string line = $"{modules[i].Path}:{string.Concat(graph.Closure(i).Select(needed => " " + needed.Path))}";
            length += line.Length + 1;
            if (length > ModuleTree.MaxIndexLength)
                throw TooLong(folder, "modules.dep");
            lines.Add(line);
        }
        return lines;
    }

    private static ImageException TooLong(string folder, string name) =>
        ModuleError.Of($"{folder}/{name}", $"has or would have more than {ModuleTree.MaxIndexLength:N0} bytes");
}
