using System.Text;

namespace RpiLive.Core.Kernel.Indexes;

/// <summary>The indexes of what is built into the kernel, out of the files that its build leaves.</summary>
internal static class BuiltInModules
{
    /// <summary>The index of modules.builtin: names of modules.</summary>
    /// <param name="list">Its text: paths as if they were modules, one a line.</param>
    public static IndexBuilder Names(string list)
    {
        IndexBuilder index = new();
        foreach (string line in list.Split('\n'))
        {
            string name = ModuleTree.Normalize(line[(line.LastIndexOf('/') + 1)..].Split('.')[0]);
            if (line.Length > 0 && char.IsAsciiLetter(line[0]) && Ascii.IsValid(name))
                index.Add(name, "");
        }
        return index;
    }

    /// <summary>The index of the aliases in modules.builtin.modinfo.</summary>
    /// <param name="information">Its text: <c>NAME.KEY=VALUE</c>, each ended by a zero byte.</param>
    public static IndexBuilder Aliases(string information)
    {
        IndexBuilder index = new();
        foreach (string entry in information.Split('\0'))
        {
            int dot = entry.IndexOf('.', StringComparison.Ordinal);
            if (dot > 0 && entry.AsSpan(dot + 1).StartsWith("alias=") && Ascii.IsValid(entry)
                && AliasPattern.Normalize(entry[(dot + ".alias=".Length)..]) is { } alias)
                index.Add(alias, entry[..dot]);
        }
        return index;
    }
}
