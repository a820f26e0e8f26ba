using System.Collections;
using System.Management.Automation.Language;

namespace RpiLive.Package;

/// <summary>The manifest of a module, read by PowerShell's own parser and without running it.</summary>
internal sealed class ModuleManifest
{
    private readonly string _path;
    private readonly Hashtable _data;

    private ModuleManifest(string path, Hashtable data) => (_path, _data) = (path, data);

    /// <summary>The name of the module: that of its manifest.</summary>
    public string Name => Path.GetFileNameWithoutExtension(_path);

    /// <summary>The folder of the module.</summary>
    public string Folder => Path.GetDirectoryName(_path)!;

    /// <summary>The files of the module by its own account, relative to its folder.</summary>
    public IReadOnlyList<string> Files => [.. List("FileList").Order(StringComparer.Ordinal)];

    /// <summary>Reads a manifest.</summary>
    public static ModuleManifest Read(string path)
    {
        string full = Path.GetFullPath(path);
        ScriptBlockAst script = Parser.ParseFile(full, out _, out ParseError[] errors);
        if (errors is [var error, ..])
            throw new FormatException($"{full}: {error.Message}");
        return script.Find(node => node is HashtableAst, searchNestedScriptBlocks: false) is HashtableAst table
            ? new ModuleManifest(full, (Hashtable)table.SafeGetValue())
            : throw new FormatException($"{full} holds no hash table.");
    }

    /// <summary>A value of the manifest or of its PSData.</summary>
    public string Value(string key) => Find(key) as string ?? throw new FormatException($"{_path}: {key} is no text.");

    /// <summary>A list of the manifest or of its PSData.</summary>
    public IEnumerable<string> List(string key) =>
        (Find(key) as object[] ?? throw new FormatException($"{_path}: {key} is no list.")).Cast<string>();

    /// <summary>Holds the FileList to the files that are there.</summary>
    public void CheckFiles()
    {
        HashSet<string> listed = [.. Files];
        HashSet<string> there = [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'))];
        if (there.Except(listed).Order().ToArray() is [_, ..] unlisted)
            throw new FormatException($"The FileList of the manifest lacks {string.Join(", ", unlisted)}.");
        if (listed.Except(there).Order().ToArray() is [_, ..] missing)
            throw new FormatException($"The FileList of the manifest has {string.Join(", ", missing)}, which the module has not.");
    }

    private object? Find(string key) => _data[key] ?? ((_data["PrivateData"] as Hashtable)?["PSData"] as Hashtable)?[key];
}
