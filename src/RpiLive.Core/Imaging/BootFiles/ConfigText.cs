using System.Text;

namespace RpiLive.Core.Imaging.BootFiles;

/// <summary>
/// The firmware's config.txt (Raspberry Pi documentation, "What is config.txt?"): read as the firmware reads it, edited with
/// every other line kept byte for byte. An edit that is there already changes nothing; one that is made leaves the text
/// ending in a newline and under <c>[all]</c>, as others append to it blindly.
/// </summary>
public sealed class ConfigText
{
    /// <summary>The firmware ignores what is past this many characters of a line.</summary>
    public const int MaxLine = 98;

    private const string All = "all";
    private const int MaxIncludes = 8;

    private readonly List<ConfigLine> _lines = [];
    private readonly string _newLine;

    /// <summary>Takes the content of a config.txt.</summary>
    public ConfigText(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            int length = end < 0 ? bytes.Length : end + 1;
            _lines.Add(new(bytes[..length]));
            bytes = bytes[length..];
        }
        _newLine = _lines.Count > 0 && _lines[0].Bytes.Span.EndsWith("\r\n"u8) ? "\r\n" : "\n";
    }

    /// <summary>The text as it is to be stored.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[_lines.Sum(line => line.Bytes.Length)];
        Span<byte> rest = bytes;
        foreach (ConfigLine line in _lines)
        {
            line.Bytes.Span.CopyTo(rest);
            rest = rest[line.Bytes.Length..];
        }
        return bytes;
    }

    /// <summary>
    /// All values of a key that apply on a board, in order. For most keys the last one counts; <c>dtoverlay</c> and
    /// <c>dtparam</c> add up. The value of <c>initramfs FILE followkernel</c> is <c>FILE followkernel</c>.
    /// </summary>
    /// <param name="key">The key; case counts.</param>
    /// <param name="board">The board.</param>
    /// <param name="include">Gives the text of a file that an <c>include</c> line names, or null; null to pass over such lines.</param>
    public IReadOnlyList<string> Values(string key, BoardFilters board, Func<string, ConfigText?>? include = null)
    {
        List<string> values = [];
        Dictionary<string, bool> filters = [];
        Collect(this, 0);
        return values;

        void Collect(ConfigText text, int depth)
        {
            foreach (ConfigLine line in text._lines)
            {
                if (line.Filter is { } filter)
                {
                    if (filter == All)
                        filters.Clear();
                    else
                        filters[BoardFilters.Kind(filter)] = board.Matches(filter);
                }
                else if (line.Key is { } found && !filters.ContainsValue(false))
                {
                    if (found == key)
                        values.Add(line.Value);
                    else if (found == "include" && depth < MaxIncludes && include?.Invoke(line.Value) is { } included)
                        Collect(included, depth + 1);
                }
            }
        }
    }

    /// <summary>The value of a key that counts on a board: the last one; null when there is none.</summary>
    /// <param name="key">The key; case counts.</param>
    /// <param name="board">The board.</param>
    /// <param name="include">As for <see cref="Values"/>.</param>
    public string? Value(string key, BoardFilters board, Func<string, ConfigText?>? include = null) =>
        Values(key, board, include) is [.., var last] ? last : null;

    /// <summary>True when any line has the key, whatever its section.</summary>
    public bool Contains(string key) => _lines.Exists(line => line.Key == key);

    /// <summary>
    /// Makes a value count on every board: changes the last line of the key where that is under <c>[all]</c>, else appends one.
    /// Not for keys that add up.
    /// </summary>
    /// <exception cref="ArgumentException">The line would be longer than the firmware reads, or not one line.</exception>
    public void Set(string key, string value)
    {
        string text = $"{key}={value}";
        CheckLine(text);
        (int last, bool unconditional) = FindLast(key);
        if (last < 0 || !unconditional)
        {
            Append(text);
            return;
        }
        if (_lines[last].Value == value)
            return;
        _lines[last] = NewLine(text);
        Finish();
    }

    /// <summary>Removes every line of a key, whatever its section.</summary>
    /// <returns>True when there was one.</returns>
    public bool Remove(string key)
    {
        if (_lines.RemoveAll(line => line.Key == key) == 0)
            return false;
        Finish();
        return true;
    }

    /// <summary>Adds a line under <c>[all]</c> at the end, unless the very line is under <c>[all]</c> already.</summary>
    /// <exception cref="ArgumentException">The line would be longer than the firmware reads, or not one line.</exception>
    public void AddLine(string line)
    {
        CheckLine(line);
        bool unconditional = true;
        foreach (ConfigLine present in _lines)
        {
            if (present.Filter is not null)
                unconditional = present.Filter == All;
            else if (unconditional && present.Text == line)
                return;
        }
        Append(line);
    }

    /// <summary>Adds a section for one filter at the end, unless the very section is there already.</summary>
    /// <param name="filter">What stands between the brackets, such as <c>pi5</c>.</param>
    /// <param name="lines">Its lines, at least one.</param>
    /// <exception cref="ArgumentException">A line would be longer than the firmware reads, or not one line.</exception>
    public void AddSection(string filter, params IReadOnlyList<string> lines)
    {
        string[] section = [$"[{filter}]", .. lines];
        foreach (string line in section)
            CheckLine(line);
        if (HasSection(section))
            return;
        Finish();
        foreach (string line in section)
            _lines.Add(NewLine(line));
        Finish();
    }

    private bool HasSection(string[] section)
    {
        for (int start = 0; start + section.Length <= _lines.Count; start++)
        {
            int end = start + section.Length;
            if (_lines.Skip(start).Take(section.Length).Select(line => line.Text).SequenceEqual(section)
                && (end == _lines.Count || _lines[end].Filter is not null) && IsUnconditionalAt(start))
                return true;
        }
        return false;
    }

    /// <summary>True when a line put before <paramref name="index"/> would apply to every board.</summary>
    private bool IsUnconditionalAt(int index)
    {
        for (int i = index - 1; i >= 0; i--)
        {
            if (_lines[i].Filter is { } filter)
                return filter == All;
        }
        return true;
    }

    private (int Index, bool Unconditional) FindLast(string key)
    {
        int index = _lines.FindLastIndex(line => line.Key == key);
        return (index, index >= 0 && IsUnconditionalAt(index));
    }

    private void Append(string line)
    {
        Finish();
        _lines.Add(NewLine(line));
    }

    /// <summary>Ends the last line, and the last section with <c>[all]</c>.</summary>
    private void Finish()
    {
        if (_lines.Count > 0 && !_lines[^1].HasEnd)
            _lines[^1] = new([.. _lines[^1].Bytes.Span, .. Encoding.UTF8.GetBytes(_newLine)]);
        if (!IsUnconditionalAt(_lines.Count))
            _lines.Add(NewLine("[all]"));
    }

    private ConfigLine NewLine(string text) => new(Encoding.UTF8.GetBytes(text + _newLine));

    private static void CheckLine(string line)
    {
        if (line.Length is 0 or > MaxLine)
            throw new ArgumentException($"A line of config.txt has 1 to {MaxLine} characters, not {line.Length}: {line}", nameof(line));
        if (line.AsSpan().ContainsAny('\r', '\n'))
            throw new ArgumentException("A line of config.txt cannot hold a line break.", nameof(line));
    }
}
