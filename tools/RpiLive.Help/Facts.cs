namespace RpiLive.Help;

/// <summary>The YAML of a parameter, as far as PlatyPS writes it: values, lists of values and lists of maps.</summary>
internal sealed class Facts
{
    private readonly Dictionary<string, List<string>> _entries = [];
    private readonly string _name;

    private Facts(string name) => _name = name;

    /// <summary>Reads the first YAML block of a section.</summary>
    public static Facts Read(Section section)
    {
        Facts facts = new(section.Title);
        List<string> lines = [];
        foreach (string line in section.Code("yaml"))
        {
            if (line.StartsWith(' ') || line.StartsWith('-'))
            {
                lines.Add(line);
                continue;
            }
            (string key, string value) = Pair(line);
            lines = value.Length == 0 ? [] : [value];
            facts._entries.Add(key, lines);
        }
        return facts;
    }

    /// <summary>A single value.</summary>
    public string Value(string key) => Lines(key) is [var value] ? Unquote(value) : throw Missing(key);

    /// <summary>A list of values.</summary>
    public IReadOnlyList<string> List(string key) => Lines(key) is ["[]"] ? [] : [.. Lines(key).Select(line => Unquote(line.TrimStart('-', ' ')))];

    /// <summary>A list of maps.</summary>
    public IEnumerable<Dictionary<string, string>> Maps(string key)
    {
        Dictionary<string, string>? map = null;
        foreach (string line in Lines(key))
        {
            if (line.StartsWith('-'))
            {
                if (map is not null)
                    yield return map;
                map = [];
            }
            (string name, string value) = Pair(line.TrimStart('-', ' '));
            (map ?? throw Missing(key)).Add(name, value);
        }
        yield return map ?? throw Missing(key);
    }

    private List<string> Lines(string key) => _entries.TryGetValue(key, out List<string>? lines) ? lines : throw Missing(key);

    private FormatException Missing(string key) => new($"{_name}: the YAML block has no usable {key}.");

    private static (string Key, string Value) Pair(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..].Trim());
    }

    private static string Unquote(string value) => value == "''" ? "" : value;
}
