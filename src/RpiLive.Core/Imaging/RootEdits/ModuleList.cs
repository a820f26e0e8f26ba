namespace RpiLive.Core.Imaging.Edits;

/// <summary>
/// The lists of modules in cloud-init's configuration: a key at the start of a line with a block or flow list of YAML, each
/// entry a name or <c>[name, frequency]</c>. Other forms, which cloud-init's own files do not use, are not known.
/// </summary>
internal static class ModuleList
{
    /// <summary>True when the text sets the list.</summary>
    public static bool IsIn(string text, string key) => text.Split('\n').Any(line => IsKey(line, key));

    /// <summary>The entries as they stand in the text; null when the list has an unknown form.</summary>
    public static IReadOnlyList<string>? Parse(string text, string key)
    {
        string[] lines = text.Split('\n');
        int start = Array.FindLastIndex(lines, line => IsKey(line, key));
        string value = WithoutComment(lines[start][(key.Length + 1)..]);
        if (value.Length > 0)
            return ParseFlow(value);
        List<string> modules = [];
        foreach (string line in lines.Skip(start + 1))
        {
            string content = WithoutComment(line);
            if (content.Length == 0)
                continue;
            if (content.StartsWith("- ", StringComparison.Ordinal))
                modules.Add(content[2..].Trim());
            else if (line[0] is not (' ' or '\t'))
                break;
            else
                return null;
        }
        return modules.All(IsEntry) ? modules : null;
    }

    /// <summary>The module's name in the form of its file: <c>cc_raspberry_pi</c>, <c>raspberry-pi</c> and <c>[raspberry_pi, always]</c> are one.</summary>
    public static string NameOf(string module)
    {
        string name = module.TrimStart('[').Split(',')[0].Trim(' ', ']', '"', '\'').Replace('-', '_');
        return name.StartsWith("cc_", StringComparison.Ordinal) ? name[3..] : name;
    }

    private static bool IsKey(string line, string key) => line.StartsWith(key, StringComparison.Ordinal) && line.AsSpan(key.Length).StartsWith(":");

    private static string[]? ParseFlow(string value)
    {
        if (value[0] != '[' || value[^1] != ']' || value.AsSpan(1, value.Length - 2).ContainsAny("[]{}"))
            return null;
        string[] modules = value[1..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return modules.All(IsEntry) ? modules : null;
    }

    private static bool IsEntry(string module) => module.Length > 0
        && module.Trim('[', ']').All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ',' or ' ' or '"' or '\'');

    private static string WithoutComment(string line)
    {
        int hash = line.StartsWith('#') ? 0 : line.IndexOf(" #", StringComparison.Ordinal);
        return (hash < 0 ? line : line[..hash]).Trim();
    }
}
