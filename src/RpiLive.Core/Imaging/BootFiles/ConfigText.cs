using System.Text;

namespace RpiLive.Core.Imaging.BootFiles;

/// <summary>
/// config.txt as the firmware reads it: one setting a line, comment lines from <c>#</c>, sections of filters in brackets
/// (config_txt.adoc and conditional.adoc of raspberrypi/documentation). Lines that no edit touches stay byte for byte.
/// </summary>
public sealed class ConfigText
{
    /// <summary>The most bytes of a file that is read; the firmware's own limit is lower.</summary>
    public const int MaxLength = 1 << 20;

    private readonly List<string> _lines = [];
    private readonly string _lineEnd;

    private ConfigText(string text)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            _lines.Add(text[start..end]);
            start = end;
        }
        _lineEnd = _lines.Count > 0 && _lines[0].EndsWith("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
    }

    /// <summary>Takes the content of a file. Any bytes will do: each is one character here and the same byte again in the end.</summary>
    public static ConfigText Parse(ReadOnlySpan<byte> bytes) => new(Encoding.Latin1.GetString(bytes));

    /// <summary>All settings in order.</summary>
    public IEnumerable<ConfigLine> Settings()
    {
        Filters filters = default;
        foreach (string line in _lines)
        {
            string text = line.Trim();
            if (TryReadFilter(text) is { } filter)
                filters = filters.With(filter);
            else if (KeyOf(text) is { Length: > 0 } key)
                yield return new ConfigLine(filters.ToString(), key, text[key.Length..].TrimStart(' ', '\t', '=').TrimEnd());
        }
    }

    /// <summary>Takes all lines of these settings out, in every section.</summary>
    /// <returns>The number of lines taken out.</returns>
    public int Remove(IReadOnlyCollection<string> keys) => _lines.RemoveAll(line => keys.Contains(KeyOf(line.Trim())));

    /// <summary>Adds a line that counts on every board, at the end.</summary>
    public void Append(string line)
    {
        if (_lines.Count > 0 && !_lines[^1].EndsWith('\n'))
            _lines[^1] += _lineEnd;
        Filters last = default;
        foreach (string filter in _lines.Select(text => TryReadFilter(text.Trim())).OfType<string>())
            last = last.With(filter);
        if (last.ToString().Length > 0)
            _lines.Add("[all]" + _lineEnd);
        _lines.Add(line + _lineEnd);
    }

    /// <summary>The content of the file.</summary>
    public byte[] ToBytes() => Encoding.Latin1.GetBytes(string.Concat(_lines));

    private static string? TryReadFilter(string text) => text.StartsWith('[') && text.EndsWith(']') ? text[1..^1].Trim() : null;

    private static string KeyOf(string text)
    {
        if (text.StartsWith('#'))
            return "";
        int end = text.AsSpan().IndexOfAny(' ', '\t', '=');
        return end < 0 ? text : text[..end];
    }

    /// <summary>
    /// The filters in force: a model filter and one of another kind count together, a new one of the same kind takes the
    /// place of the old, and <c>[all]</c> lifts both.
    /// </summary>
    private readonly record struct Filters(string? Model, string? Condition)
    {
        public Filters With(string filter) => filter switch
        {
            "all" => default,
            _ when IsModel(filter) => this with { Model = filter },
            _ => this with { Condition = filter },
        };

        public override string ToString() => (Model, Condition) switch
        {
            (null, null) => "",
            (null, _) => Condition,
            (_, null) => Model,
            _ => $"{Model} {Condition}",
        };

        private static bool IsModel(string filter) => filter is "none"
            || filter.StartsWith("pi", StringComparison.Ordinal) || filter.StartsWith("cm", StringComparison.Ordinal)
            || filter.StartsWith("board-type", StringComparison.Ordinal);
    }
}
