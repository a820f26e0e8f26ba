using System.Text;

namespace RpiLive.Core.Debian.Root;

/// <summary>
/// The simple commands of a maintainer script, read and never run: words with quotes, continued lines, and variables that the script sets to
/// plain words. Conditions do not count. What debhelper generates, and most of what is written by hand, calls a handful of tools in this way.
/// </summary>
internal sealed class MaintainerScript
{
    private const int MaxLength = 1 << 20, MaxCommands = 20_000, MaxWords = 256;

    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly List<IReadOnlyList<string>> _commands = [];

    private MaintainerScript(string text) => Read(text);

    /// <summary>Reads a script; one that is too long for a script has no commands.</summary>
    public static MaintainerScript Parse(string text) => new(text.Length <= MaxLength ? text : "");

    /// <summary>The arguments of each call of a tool, in order, wherever in a command its name stands.</summary>
    public IEnumerable<IReadOnlyList<string>> Calls(string tool)
    {
        foreach (IReadOnlyList<string> command in _commands)
        {
            for (int i = 0; i < command.Count; i++)
            {
                if (command[i] == tool)
                {
                    yield return [.. command.Skip(i + 1)];
                    break;
                }
            }
        }
    }

    private void Read(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool inWord = false;
        string? document = null;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            switch (c)
            {
                case '\\' when i + 1 < text.Length:
                    i++;
                    if (text[i] != '\n')
                        Append(text[i]);
                    break;
                case '\'':
                    inWord = true;
                    int quote = text.IndexOf('\'', i + 1);
                    quote = quote < 0 ? text.Length : quote;
                    word.Append(text, i + 1, quote - i - 1);
                    i = quote;
                    break;
                case '"':
                    inWord = true;
                    i = ReadQuoted(text, i + 1, word);
                    break;
                case '$':
                    int before = word.Length;
                    i = ReadVariable(text, i, word);
                    inWord |= word.Length > before;
                    break;
                case '#' when !inWord:
                    int end = text.IndexOf('\n', i);
                    i = (end < 0 ? text.Length : end) - 1;
                    break;
                case ' ' or '\t':
                    EndWord();
                    break;
                case '<' when text.AsSpan(i).StartsWith("<<") && !text.AsSpan(i).StartsWith("<<<"):
                    EndWord();
                    i = ReadDelimiter(text, i + 2, out document);
                    break;
                case '\n' when document is not null:
                    EndCommand();
                    i = SkipDocument(text, i, document);
                    document = null;
                    break;
                case '\n' or ';' or '&' or '|' or '(' or ')' or '`':
                    EndCommand();
                    break;
                case '<' or '>':
                    EndWord();
                    break;
                default:
                    Append(c);
                    break;
            }
        }
        EndCommand();

        void Append(char c)
        {
            inWord = true;
            word.Append(c);
        }

        void EndWord()
        {
            if (inWord && words.Count < MaxWords)
                words.Add(word.ToString());
            word.Clear();
            inWord = false;
        }

        void EndCommand()
        {
            EndWord();
            if (words.Count == 0 || _commands.Count == MaxCommands)
                return;
            foreach (string assignment in words.TakeWhile(IsAssignment))
            {
                int equals = assignment.IndexOf('=', StringComparison.Ordinal);
                _variables[assignment[..equals]] = assignment[(equals + 1)..];
            }
            _commands.Add([.. words]);
            words.Clear();
        }
    }

    /// <summary>Reads the word that ends a here-document; returns its last place.</summary>
    private static int ReadDelimiter(string text, int start, out string delimiter)
    {
        int i = start;
        while (i < text.Length && text[i] is '-' or ' ' or '\t')
            i++;
        int end = i;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not (';' or '|' or '&' or ')'))
            end++;
        delimiter = text[i..end].Replace("'", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal);
        return end - 1;
    }

    /// <summary>The place of the line feed behind a here-document, whose text begins behind that at <paramref name="lineFeed"/>.</summary>
    private static int SkipDocument(string text, int lineFeed, string delimiter)
    {
        int start = lineFeed + 1;
        while (start < text.Length)
        {
            int end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end;
            if (text.AsSpan(start, end - start).Trim().SequenceEqual(delimiter))
                return end;
            start = end + 1;
        }
        return text.Length;
    }

    private static bool IsAssignment(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && (char.IsAsciiLetter(word[0]) || word[0] == '_')
            && word[..equals].All(IsNameCharacter);
    }

    /// <summary>Reads up to the closing quote; returns its place.</summary>
    private int ReadQuoted(string text, int start, StringBuilder word)
    {
        int i = start;
        for (; i < text.Length && text[i] != '"'; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
                if (text[i] != '\n')
                    word.Append(text[i]);
            }
            else if (text[i] == '$')
            {
                i = ReadVariable(text, i, word);
            }
            else
            {
                word.Append(text[i]);
            }
        }
        return i;
    }

    /// <summary>
    /// Puts the value of a variable in its place; nothing for one that the script does not set to a plain word, such as DPKG_ROOT, and for
    /// the output of a command.
    /// </summary>
    /// <returns>The place of the last character read.</returns>
    private int ReadVariable(string text, int dollar, StringBuilder word)
    {
        int start = dollar + 1;
        if (start >= text.Length)
            return dollar;
        if (text[start] is '#' or '?' or '@' or '*' or '$' or '!' or '-')
            return start;
        if (text[start] == '(')
            return SkipSubstitution(text, start);
        if (text[start] == '{')
        {
            int end = text.IndexOf('}', start);
            if (end < 0)
                return text.Length - 1;
            word.Append(_variables.GetValueOrDefault(text[(start + 1)..end]));
            return end;
        }
        int stop = start;
        while (stop < text.Length && IsNameCharacter(text[stop]))
            stop++;
        if (stop == start)
            return dollar;
        word.Append(_variables.GetValueOrDefault(text[start..stop]));
        return stop - 1;
    }

    /// <summary>The place of the parenthesis that ends the substitution of a command; quotes in it are those of that command.</summary>
    private static int SkipSubstitution(string text, int open)
    {
        int depth = 0;
        bool quoted = false;
        for (int i = open; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '\'' when !quoted:
                    int end = text.IndexOf('\'', i + 1);
                    i = end < 0 ? text.Length : end;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '(' when !quoted:
                    depth++;
                    break;
                case ')' when !quoted && --depth == 0:
                    return i;
            }
        }
        return text.Length - 1;
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
