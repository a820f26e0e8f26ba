using System.Text;

namespace RpiLive.Core.Kernel.Indexes;

/// <summary>The text files of a module directory other than modules.dep, each a title and then lines.</summary>
internal static class IndexTexts
{
    public static string Aliases(IReadOnlyList<IndexedModule> modules) => Of(
        "# Aliases extracted from modules themselves.",
        modules.SelectMany(module => module.Facts.Aliases.Select(alias => $"alias {alias} {module.Name}")));

    public static string SoftDependencies(IReadOnlyList<IndexedModule> modules) => Of(
        "# Soft dependencies extracted from modules themselves.",
        modules.SelectMany(module => module.Facts.SoftDependencies.Select(text => $"softdep {module.Name} {text}")));

    public static string WeakDependencies(IReadOnlyList<IndexedModule> modules) => Of(
        "# Weak dependencies extracted from modules themselves.",
        modules.SelectMany(module => module.Facts.WeakDependencies.Select(text => $"weakdep {module.Name} {text}")));

    public static string Symbols(IReadOnlyList<IndexedModule> modules, IReadOnlyDictionary<string, int> owners) => Of(
        "# Aliases for symbols, used by symbol_request().",
        BucketOrder.Sort(owners, owner => owner.Key, BucketOrder.SymbolBuckets).Select(owner => $"alias symbol:{owner.Key} {modules[owner.Value].Name}"));

    /// <summary>The one file that has no title where it has no lines.</summary>
    public static string DeviceNames(IReadOnlyList<IndexedModule> modules)
    {
        string[] lines = [.. modules.Select(DeviceName.Line).OfType<string>()];
        return lines.Length > 0 ? Of("# Device nodes to trigger on-demand module loading.", lines) : "";
    }

    private static string Of(string title, IEnumerable<string> lines)
    {
        StringBuilder text = new StringBuilder(title).Append('\n');
        foreach (string line in lines)
            text.Append(line).Append('\n');
        return text.ToString();
    }
}
