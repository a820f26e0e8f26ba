namespace RpiLive.Core.Kernel;

/// <summary>One module as modules.dep lists it.</summary>
/// <param name="Name">Name with <c>_</c> for <c>-</c>, as lsmod shows it.</param>
/// <param name="Path">Path below <c>/lib/modules/RELEASE</c>.</param>
/// <param name="Dependencies">Paths of all modules that it depends on, directly or not, nearest first.</param>
public sealed record ModuleEntry(string Name, string Path, IReadOnlyList<string> Dependencies)
{
    private const int MaxPathLength = 1024;

    private static readonly string[] s_endings = [".ko", ".ko.xz", ".ko.gz", ".ko.zst"];

    /// <summary>The path without the ending of a compression: where the plain module belongs.</summary>
    public string PlainPath => Plain(Path);

    /// <summary><paramref name="path"/> without the ending of a compression.</summary>
    internal static string Plain(string path) => path[..(path.LastIndexOf(".ko", StringComparison.Ordinal) + 3)];

    /// <summary>True when a file of this name is a module, packed or not.</summary>
    internal static bool IsModule(string file) => s_endings.Any(end => file.EndsWith(end, StringComparison.Ordinal));

    /// <summary>The normalized module name of a path that is safe to use, else null.</summary>
    internal static string? NameOf(string path)
    {
        string file = path[(path.LastIndexOf('/') + 1)..];
        string? ending = s_endings.FirstOrDefault(end => file.EndsWith(end, StringComparison.Ordinal));
        if (ending is null || file.Length == ending.Length || path.Length > MaxPathLength || path.StartsWith('/') || path.Split('/').Any(part => part is "" or "." or "..")
            || path.Any(char.IsControl) || path.Contains(' ', StringComparison.Ordinal))
            return null;
        return ModuleTree.Normalize(file[..^ending.Length]);
    }
}
