using System.Buffers;
using System.Text;

namespace RpiLive.Core.Fat;

/// <summary>
/// Names for writing: what FAT allows, and which short name goes with a long one (Microsoft FAT specification 1.03,
/// "The Basis-Name Generation Algorithm"). Short names are ASCII only, so that no code page can change them.
/// </summary>
internal static class FatName
{
    private const int ExtensionLength = 3;

    private static readonly SearchValues<char> s_shortCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$%'-_@~`!(){}^#&");

    private static readonly SearchValues<char> s_forbidden = SearchValues.Create("\"*/:<>?\\|\x7F");
    private static readonly SearchValues<char> s_forbiddenInLabel = SearchValues.Create("\"*+,./:;<=>?[\\]|");

    /// <summary>Why FAT cannot hold the name, or null when it can.</summary>
    public static string? Refuse(string name)
    {
        if (name.Length == 0)
            return "it is empty";
        if (name.Length > FatEntry.MaxLongName)
            return $"it has {name.Length:N0} UTF-16 units of at most {FatEntry.MaxLongName}";
        if (name.AsSpan().IndexOfAny(s_forbidden) >= 0 || name.AsSpan().IndexOfAnyInRange('\0', '\x1F') >= 0)
            return "it holds a control character or one of \" * / : < > ? \\ |";
        if (name[^1] is '.' or ' ')
            return "it ends in a dot or a space";
        for (int i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i]))
                continue;
            if (i + 1 == name.Length || !char.IsSurrogatePair(name[i], name[i + 1]))
                return "it holds half a surrogate pair";
            i++;
        }
        return null;
    }

    public static bool IsLabel(string label) => label.Length is > 0 and <= FatEntry.NameLength
        && label.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && label.AsSpan().IndexOfAny(s_forbiddenInLabel) < 0
        && label[0] != ' ' && label[^1] != ' ';

    /// <summary>True for a name that is its own short name: upper case, 8 and 3 characters at most.</summary>
    public static bool IsShort(string name)
    {
        int dot = name.IndexOf('.');
        ReadOnlySpan<char> text = name;
        ReadOnlySpan<char> main = dot < 0 ? text : text[..dot], extension = dot < 0 ? [] : text[(dot + 1)..];
        return main.Length is > 0 and <= FatEntry.BaseLength && extension.Length <= ExtensionLength && (dot < 0 || extension.Length > 0)
            && main.IndexOfAnyExcept(s_shortCharacters) < 0 && extension.IndexOfAnyExcept(s_shortCharacters) < 0;
    }

    /// <summary>Directory entries that the name takes.</summary>
    public static int EntryCount(string name) => IsShort(name) ? 1 : 1 + LongPartCount(name);

    public static int LongPartCount(string name) => (name.Length + FatEntry.LongPartLength - 1) / FatEntry.LongPartLength;

    /// <summary>The short names of all names of a directory, each unique, as 8.3 text without padding.</summary>
    /// <param name="names">Names that differ in more than case.</param>
    public static string[] Aliases(IReadOnlyList<string> names)
    {
        string[] aliases = new string[names.Count];
        HashSet<string> taken = [];
        for (int i = 0; i < names.Count; i++)
        {
            // Plain upper-casing first: such an alias must not depend on which names came before it.
            string upper = names[i].ToUpperInvariant();
            if (IsShort(upper) && Ascii.IsValid(names[i]) && taken.Add(upper))
                aliases[i] = upper;
        }
        Dictionary<string, int> counters = [];
        for (int i = 0; i < names.Count; i++)
        {
            if (aliases[i] is not null)
                continue;
            (string main, string extension) = Basis(names[i]);
            string family = $"{main}.{extension}";
            int number = counters.GetValueOrDefault(family);
            do
                aliases[i] = Numbered(main, extension, ++number);
            while (!taken.Add(aliases[i]));
            counters[family] = number;
        }
        return aliases;
    }

    /// <summary>The short name of one more name in a directory, as 8.3 text without padding.</summary>
    /// <param name="name">The name.</param>
    /// <param name="isTaken">True for a short name that is there already.</param>
    public static string Alias(string name, Func<string, bool> isTaken)
    {
        string upper = name.ToUpperInvariant();
        if (IsShort(upper) && Ascii.IsValid(name) && !isTaken(upper))
            return upper;
        (string main, string extension) = Basis(name);
        for (int number = 1; ; number++)
        {
            string alias = Numbered(main, extension, number);
            if (!isTaken(alias))
                return alias;
        }
    }

    /// <summary>Writes an alias as the 11 padded bytes of an entry.</summary>
    public static void WriteShort(string alias, Span<byte> field)
    {
        field.Fill((byte)' ');
        int dot = alias.IndexOf('.');
        Encoding.ASCII.GetBytes(dot < 0 ? alias : alias.AsSpan(0, dot), field);
        if (dot >= 0)
            Encoding.ASCII.GetBytes(alias.AsSpan(dot + 1), field[FatEntry.BaseLength..]);
    }

    private static string Numbered(string main, string extension, int number)
    {
        string tail = $"~{number}";
        return main[..Math.Min(main.Length, FatEntry.BaseLength - tail.Length)] + tail + (extension.Length == 0 ? "" : "." + extension);
    }

    private static (string Main, string Extension) Basis(string name)
    {
        ReadOnlySpan<char> text = name.AsSpan().TrimStart(". ");
        int dot = text.LastIndexOf('.');
        string main = Filter(dot < 0 ? text : text[..dot], FatEntry.BaseLength - 2);
        return (main.Length == 0 ? "_" : main, dot < 0 ? "" : Filter(text[(dot + 1)..], ExtensionLength));
    }

    private static string Filter(ReadOnlySpan<char> text, int most)
    {
        StringBuilder result = new(most);
        foreach (char c in text)
        {
            if (result.Length == most)
                break;
            if (c is '.' or ' ')
                continue;
            char upper = char.IsAscii(c) ? char.ToUpperInvariant(c) : '_';
            result.Append(s_shortCharacters.Contains(upper) ? upper : '_');
        }
        return result.ToString();
    }
}
