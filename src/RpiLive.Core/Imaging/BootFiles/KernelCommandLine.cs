using System.Buffers;
using System.Text;

namespace RpiLive.Core.Imaging.BootFiles;

/// <summary>
/// The kernel's command line out of cmdline.txt: the words of its first line that is not empty, in order. A word can hold
/// blanks between double quotes. In keys <c>-</c> and <c>_</c> are the same, as for the kernel
/// (Documentation/admin-guide/kernel-parameters.rst).
/// </summary>
public sealed class KernelCommandLine
{
    private static readonly SearchValues<char> s_notInKeys = SearchValues.Create(" \t\"=\r\n");

    private readonly List<string> _words;

    /// <summary>Takes a line of words.</summary>
    /// <param name="text">The content of cmdline.txt; only the first line that is not empty counts, as for the firmware.</param>
    public KernelCommandLine(string text)
    {
        string line = text.TrimStart('\uFEFF').Split('\n', '\r').FirstOrDefault(part => !string.IsNullOrWhiteSpace(part)) ?? "";
        _words = Split(line.TrimEnd('\0'));
    }

    /// <summary>Takes the bytes of cmdline.txt.</summary>
    public KernelCommandLine(ReadOnlySpan<byte> bytes)
        : this(Encoding.UTF8.GetString(bytes))
    {
    }

    private KernelCommandLine(List<string> words) => _words = words;

    /// <summary>The words, quotes and all. Those after <c>--</c> go to init.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>Number of words that are the kernel's: those before <c>--</c>.</summary>
    private int KernelWords => _words.IndexOf("--") is var end and >= 0 ? end : _words.Count;

    /// <summary>The key of a word: what comes before <c>=</c>, or all of it.</summary>
    public static string KeyOf(string word)
    {
        string bare = word.StartsWith('"') ? word[1..].TrimEnd('"') : word;
        int equals = bare.IndexOf('=');
        return equals < 0 ? bare : bare[..equals];
    }

    /// <summary>The value of a word without quotes around it; empty where it has none.</summary>
    public static string ValueOf(string word)
    {
        string bare = word.StartsWith('"') ? word[1..].TrimEnd('"') : word;
        int equals = bare.IndexOf('=');
        if (equals < 0)
            return "";
        string value = bare[(equals + 1)..];
        return value.StartsWith('"') ? value[1..].TrimEnd('"') : value;
    }

    /// <summary>True when a word of the kernel has the key, with or without a value.</summary>
    public bool Contains(string key) => Find(key, 0) >= 0;

    /// <summary>The values of a key in order, without quotes; empty for words without a value.</summary>
    public IReadOnlyList<string> Values(string key)
    {
        List<string> values = [];
        for (int i = Find(key, 0); i >= 0; i = Find(key, i + 1))
            values.Add(ValueOf(_words[i]));
        return values;
    }

    /// <summary>Gives a key one value: the first word of it is changed and others are removed; without one a word is added.</summary>
    /// <param name="key">The key; not one that can have several values, such as <c>console</c>.</param>
    /// <param name="value">The value; quoted by this method where it holds a blank. Null for a word without a value.</param>
    /// <exception cref="ArgumentException">The kernel has no way to write the value: it holds a double quote or a line break.</exception>
    public void Set(string key, string? value)
    {
        if (key.Length == 0 || key.AsSpan().IndexOfAny(s_notInKeys) >= 0)
            throw new ArgumentException($"\"{key}\" cannot be a key of the kernel's command line.", nameof(key));
        if (value is not null && value.AsSpan().IndexOfAny("\"\r\n") >= 0)
            throw new ArgumentException($"The kernel's command line cannot hold the value {value}", nameof(value));
        string word = value is null ? key : value.AsSpan().IndexOfAny(" \t") >= 0 ? $"{key}=\"{value}\"" : $"{key}={value}";
        int first = Find(key, 0);
        if (first < 0)
        {
            _words.Insert(KernelWords, word);
            return;
        }
        _words[first] = word;
        for (int i = Find(key, first + 1); i >= 0; i = Find(key, i))
            _words.RemoveAt(i);
    }

    /// <summary>Removes all words of the kernel with the key.</summary>
    /// <returns>True when there was one.</returns>
    public bool Remove(string key)
    {
        bool found = false;
        for (int i = Find(key, 0); i >= 0; i = Find(key, i))
        {
            _words.RemoveAt(i);
            found = true;
        }
        return found;
    }

    /// <summary>A copy without some of the kernel's words.</summary>
    /// <param name="drop">Whether a word goes.</param>
    public KernelCommandLine Without(Func<string, bool> drop)
    {
        int kernel = KernelWords;
        return new([.. _words.Where((word, i) => i >= kernel || !drop(word))]);
    }

    /// <summary>The words on one line, without a line end.</summary>
    public override string ToString() => string.Join(' ', _words);

    /// <summary>The content for cmdline.txt: the line and a newline.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToString() + "\n");

    private static List<string> Split(string line)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool quoted = false;
        foreach (char c in line)
        {
            if (c == '"')
                quoted = !quoted;
            if (!quoted && char.IsWhiteSpace(c))
            {
                if (word.Length > 0)
                    words.Add(word.ToString());
                word.Clear();
                continue;
            }
            word.Append(c);
        }
        if (word.Length > 0)
            words.Add(word.ToString());
        return words;
    }

    private static bool SameKey(string left, string right) => left.Replace('-', '_') == right.Replace('-', '_');

    private int Find(string key, int start)
    {
        int end = KernelWords;
        for (int i = start; i < end; i++)
        {
            if (SameKey(KeyOf(_words[i]), key))
                return i;
        }
        return -1;
    }
}
