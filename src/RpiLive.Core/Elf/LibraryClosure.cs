using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Elf;

/// <summary>
/// Finds the loader and all libraries of a program the way ld.so(8) does, in the tree of a root file system: DT_RPATH,
/// DT_RUNPATH, the directories of ld.so.conf, then the built-in ones. Libraries for another processor are passed over.
/// The paths returned work without ld.so.cache: a library found through ld.so.conf alone moves to the C library's directory.
/// For one thread; several programs of a root are best resolved by the same closure, which reads what they share once.
/// </summary>
public sealed class LibraryClosure
{
    private const int MaxFiles = 256, MaxConfigurationFiles = 64, MaxConfigurationLength = 64 << 10, MaxDirectories = 256;

    /// <summary>Libraries up to so many bytes are kept in memory, and so many bytes of them.</summary>
    private const int MaxKeptLength = 4 << 20, MaxKeptBytes = 16 << 20;

    private readonly DirectoryNode _root;
    private readonly List<string> _configured = [];

    /// <summary>Programs share libraries, and where the image is packed, each look at one costs the unpacking of what lies before it.</summary>
    private readonly Dictionary<FileContent, MemoryContent> _kept = [];
    private long _keptBytes;

    /// <summary>Takes the root and reads its ld.so.conf.</summary>
    public LibraryClosure(DirectoryNode root)
    {
        _root = root;
        int budget = MaxConfigurationFiles;
        ReadConfiguration("/etc/ld.so.conf", ref budget);
    }

    /// <summary>The loader and libraries of <paramref name="program"/>, ordered by path; empty for a static program.</summary>
    /// <param name="program">The parsed program.</param>
    /// <param name="path">Its absolute path, for $ORIGIN and errors.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.LibraryMissing"/>; <c>CorruptElf</c> or <c>UnsupportedElf</c> for a library that is no sound ELF file.</exception>
    public IReadOnlyList<NeededFile> Resolve(ElfFile program, string path)
    {
        SortedDictionary<string, NeededFile> found = new(StringComparer.Ordinal);
        HashSet<string> seen = new(StringComparer.Ordinal);
        if (program.Interpreter is { } interpreter)
        {
            if (!interpreter.StartsWith('/') || TreePath.FindFile(_root, interpreter) is not { } loader)
                throw Missing(path, interpreter, null);
            FileContent content = Keep(loader.Content);
            if (!program.Matches(content) || content.Length > ElfFile.MaxLength)
                throw Missing(path, interpreter, $"the file there is no loader for {program.Machine}");
            interpreter = Normalize(interpreter);
            found.Add(interpreter, new NeededFile(interpreter, content));
            seen.Add(interpreter[(interpreter.LastIndexOf('/') + 1)..]);
        }
        List<NeededFile> configured = [];
        Queue<(ElfFile File, string Path)> pending = new([(program, path)]);
        while (pending.TryDequeue(out (ElfFile File, string Path) user))
        {
            foreach (string library in user.File.Needed)
            {
                if (!seen.Add(library))
                    continue;
                (ElfFile file, NeededFile needed, bool byConfiguration) = Find(library, user.File, user.Path, program, path);
                if (byConfiguration)
                    configured.Add(needed);
                else
                    found.TryAdd(needed.Path, needed);
                if (found.Count + configured.Count > MaxFiles)
                    throw ImageException.Corrupt("Elf", path, $"needs more than {MaxFiles} libraries");
                pending.Enqueue((file, needed.Path));
            }
        }
        string home = found.Keys.FirstOrDefault(key => key.Contains("/libc.", StringComparison.Ordinal)) ?? "/lib/";
        foreach (NeededFile library in configured)
        {
            string moved = home[..(home.LastIndexOf('/') + 1)] + library.Path[(library.Path.LastIndexOf('/') + 1)..];
            found.TryAdd(moved, library with { Path = moved });
        }
        return [.. found.Values];
    }

    private (ElfFile File, NeededFile Needed, bool ByConfiguration) Find(string library, ElfFile user, string userPath, ElfFile program, string programPath)
    {
        string? passedOver = null;
        IEnumerable<(string Directory, bool ByConfiguration)> directories = library.Contains('/', StringComparison.Ordinal)
            ? [("", false)]
            : SearchPath(user, userPath, program, programPath);
        foreach ((string directory, bool byConfiguration) in directories)
        {
            string candidate = directory + "/" + library;
            if (TreePath.FindFile(_root, candidate) is not { } node)
                continue;
            FileContent content = Keep(node.Content);
            if (program.Matches(content))
                return (ElfFile.Read(content, candidate), new NeededFile(Normalize(candidate), content), byConfiguration);
            passedOver ??= $"{candidate} is not for {program.Machine}";
        }
        throw Missing(userPath, library, passedOver);
    }

    private FileContent Keep(FileContent content)
    {
        if (_kept.TryGetValue(content, out MemoryContent? known))
            return known;
        if (content.Length > MaxKeptLength || _keptBytes + content.Length > MaxKeptBytes)
            return content;
        MemoryContent kept = new(content.ReadAll(MaxKeptLength));
        _kept.Add(content, kept);
        _keptBytes += content.Length;
        return kept;
    }

    private IEnumerable<(string Directory, bool ByConfiguration)> SearchPath(ElfFile user, string userPath, ElfFile program, string programPath)
    {
        IEnumerable<string> directories = [];
        if (user.RunPath is { } runPath)
            directories = Split(runPath, userPath);
        else
        {
            if (user.RPath is { } path)
                directories = Split(path, userPath);
            if (program.RunPath is null && program.RPath is { } programRPath)
                directories = directories.Concat(Split(programRPath, programPath));
        }
        string[] builtIn = BuiltIn(program);
        return directories.Select(directory => (directory, false))
            .Concat(_configured.Select(directory => (directory, !builtIn.Contains(directory))))
            .Concat(builtIn.Select(directory => (directory, false)));
    }

    private static string[] BuiltIn(ElfFile program)
    {
        string? triple = program.Machine switch
        {
            ElfMachine.Arm64 => "aarch64-linux-gnu",
            ElfMachine.Arm => "arm-linux-gnueabihf",
            ElfMachine.X64 => "x86_64-linux-gnu",
            _ => null,
        };
        if (triple is not null)
            return ["/lib/" + triple, "/usr/lib/" + triple, .. Plain(program)];
        return Plain(program);
    }

    private static string[] Plain(ElfFile program) => program.Is64Bit ? ["/lib64", "/usr/lib64", "/lib", "/usr/lib"] : ["/lib", "/usr/lib"];

    private static IEnumerable<string> Split(string path, string userPath)
    {
        string origin = userPath[..Math.Max(userPath.LastIndexOf('/'), 0)];
        return path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Replace("${ORIGIN}", origin, StringComparison.Ordinal).Replace("$ORIGIN", origin, StringComparison.Ordinal));
    }

    private void ReadConfiguration(string path, ref int budget)
    {
        if (budget-- <= 0 || TreePath.FindFile(_root, path) is not { Content.Length: <= MaxConfigurationLength } node)
            return;
        foreach (string raw in Encoding.UTF8.GetString(node.Content.ReadAll()).Split('\n'))
        {
            string line = raw.Split('#')[0].Trim();
            if (line.StartsWith('/') && _configured.Count < MaxDirectories)
                _configured.Add(line.TrimEnd('/'));
            else if (line.StartsWith("include ", StringComparison.Ordinal))
                Include(line["include ".Length..].Trim(), ref budget);
        }
    }

    /// <summary>Only the form that distributions ship is followed: a directory and a pattern <c>*.conf</c>.</summary>
    private void Include(string pattern, ref int budget)
    {
        if (!pattern.StartsWith('/'))
            pattern = "/etc/" + pattern;
        if (!pattern.EndsWith("/*.conf", StringComparison.Ordinal) || TreePath.FindDirectory(_root, pattern[..^"/*.conf".Length]) is not { } directory)
            return;
        foreach (FileName name in directory.Children.Keys)
        {
            if (name.Bytes.EndsWith(".conf"u8))
                ReadConfiguration(pattern[..^"*.conf".Length] + name, ref budget);
        }
    }

    /// <summary>Takes <c>.</c> and <c>..</c> out of a path by its text.</summary>
    private static string Normalize(string path)
    {
        List<string> parts = [];
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("." or ".."))
                parts.Add(part);
        }
        return "/" + string.Join('/', parts);
    }

    private static ImageException Missing(string user, string library, string? passedOver) => new(
        ErrorIds.LibraryMissing, ImageErrorKind.Missing,
        $"The library {library}, which {user} needs, is not in the root file system{(passedOver is null ? "" : $" ({passedOver})")}.",
        "Use a stock image whose packages are complete, or give a statically linked busybox.");
}
