using System.Text;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Packages;

/// <summary>
/// A paragraph of fields, such as DEBIAN/control of a package or an entry of /var/lib/dpkg/status (deb822(5)), in memory.
/// The names of fields are the same in upper and lower case. Text is UTF-8; bytes that are none become U+FFFD.
/// </summary>
public sealed class ControlParagraph
{
    private readonly List<KeyValuePair<string, string>> _fields = [];

    /// <summary>The fields in their order. The further lines of a value follow after a line feed and begin with a space or tab.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields => _fields;

    /// <summary>The value of a field; null where there is none.</summary>
    public string? this[string name] => Find(name) is >= 0 and int index ? _fields[index].Value : null;

    /// <summary>Reads a file that is one paragraph.</summary>
    /// <param name="text">The file.</param>
    /// <param name="format">The name of the format for the error id, such as <c>Deb</c>.</param>
    /// <param name="source">The name of the file for messages.</param>
    /// <exception cref="ImageException"><c>Corrupt</c>X with <paramref name="format"/> for X: not exactly one sound paragraph.</exception>
    public static ControlParagraph Parse(byte[] text, string format, string source)
    {
        using MemoryStream stream = new(text, writable: false);
        ControlParagraph? only = null;
        foreach (ControlParagraph paragraph in ReadAll(stream, format, source))
            only = only is null ? paragraph : throw ImageException.Corrupt(format, source, "has more than one paragraph of fields");
        return only ?? throw ImageException.Corrupt(format, source, "has no fields");
    }

    /// <summary>Reads paragraphs one after the other.</summary>
    /// <param name="stream">Read to its end, not disposed.</param>
    /// <param name="format">The name of the format for the error id.</param>
    /// <param name="source">The name of the file for messages.</param>
    /// <exception cref="ImageException"><c>Corrupt</c>X with <paramref name="format"/> for X: a line that is no field, a field twice, a paragraph of more than 4 MiB or 1000 fields.</exception>
    public static IEnumerable<ControlParagraph> ReadAll(Stream stream, string format, string source)
    {
        ControlReader reader = new(stream, what => ImageException.Corrupt(format, source, what));
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        while (reader.Read())
        {
            ControlParagraph paragraph = new();
            names.Clear();
            for (int i = 0; i < reader.FieldCount; i++)
            {
                string name = Encoding.UTF8.GetString(reader.Name(i));
                if (!names.Add(name))
                    throw reader.Damaged($"the field {Quotation.Shorten(name)} stands there twice");
                paragraph._fields.Add(new(name, Encoding.UTF8.GetString(reader.Value(i))));
            }
            yield return paragraph;
        }
    }

    /// <summary>Sets a field, in its place where it is there, else as the last one.</summary>
    /// <param name="name">Printable ASCII without space and colon, not beginning with <c>-</c> or <c>#</c>.</param>
    /// <param name="value">Its further lines, after a line feed, begin with a space or tab and are not blank.</param>
    /// <exception cref="ArgumentException">A name or value that would not be read again as what it is.</exception>
    public void Set(string name, string value)
    {
        if (name.Length == 0 || name[0] is '-' or '#' || name.Contains(':', StringComparison.Ordinal) || name.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ArgumentException($"'{name}' is not the name of a field.", nameof(name));
        string[] lines = value.Split('\n');
        if (lines.Skip(1).Any(line => !line.StartsWith(' ') && !line.StartsWith('\t')) || lines.Skip(1).Any(string.IsNullOrWhiteSpace))
            throw new ArgumentException($"The value of {name} has a line that would end it.", nameof(value));
        int index = Find(name);
        if (index >= 0)
            _fields[index] = new(_fields[index].Key, value);
        else
            _fields.Add(new(name, value));
    }

    /// <summary>Takes a field out; false where there was none.</summary>
    public bool Remove(string name)
    {
        int index = Find(name);
        if (index >= 0)
            _fields.RemoveAt(index);
        return index >= 0;
    }

    /// <summary>The lines of the paragraph, without the empty one that parts it from the next.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach ((string name, string value) in _fields)
            text.Append(name).Append(value.Length == 0 || value[0] == '\n' ? ":" : ": ").Append(value).Append('\n');
        return text.ToString();
    }

    private int Find(string name) => _fields.FindIndex(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
}
