using System.Buffers;

namespace RpiLive.Core.Debian.Packages;

/// <summary>Reads the value of a relation field from left to right.</summary>
internal ref struct DependencyParser(string text)
{
    private const string Architecture = PackageIndex.Architecture;

    private const string Spaces = " \t\n\v\f\r";

    private static readonly SearchValues<char> s_spaces = SearchValues.Create(Spaces), s_versionEnds = SearchValues.Create(Spaces + ")"),
        s_signs = SearchValues.Create("<=>"), s_word = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");

    private int _position;

    /// <summary>All dependencies; commas without anything between them are passed over, as apt does.</summary>
    public List<Dependency> ReadList()
    {
        List<Dependency> list = [];
        while (true)
        {
            SkipSpace();
            if (_position == text.Length)
                return list;
            if (Take(','))
                continue;
            if (ReadDependency() is { } dependency)
                list.Add(dependency);
            SkipSpace();
            if (_position < text.Length && !Take(','))
                throw Wrong("a comma is missing");
        }
    }

    private Dependency? ReadDependency()
    {
        List<PackageRelation> alternatives = new(1);
        do
        {
            SkipSpace();
            PackageRelation relation = ReadRelation();
            SkipSpace();
            bool applies = !Take('[') || ReadArchitectures();
            SkipSpace();
            if (applies)
                alternatives.Add(relation);
        }
        while (Take('|'));
        return alternatives.Count > 0 ? new(alternatives) : null;
    }

    private PackageRelation ReadRelation()
    {
        string name = TakeWhile(PackageName.Characters).ToString();
        if (!PackageName.IsValid(name))
            throw Wrong("the name of a package is missing or wrong");
        string? qualifier = null;
        if (Take(':'))
        {
            qualifier = TakeWord();
            if (qualifier.Length == 0)
                throw Wrong("an architecture is missing after the colon");
        }
        SkipSpace();
        if (!Take('('))
            return new(name, qualifier, VersionOperator.None, null);
        SkipSpace();
        VersionOperator sign = TakeWhile(s_signs) switch
        {
            "<<" => VersionOperator.Earlier,
            "<=" or "<" => VersionOperator.EarlierOrEqual,
            "=" => VersionOperator.Equal,
            ">=" or ">" => VersionOperator.LaterOrEqual,
            ">>" => VersionOperator.Later,
            _ => throw Wrong("the operator before a version is missing or wrong"),
        };
        SkipSpace();
        DebianVersion version = DebianVersion.Parse(TakeUntil(s_versionEnds).ToString());
        SkipSpace();
        return Take(')') ? new(name, qualifier, sign, version) : throw Wrong("a parenthesis is not closed");
    }

    /// <summary>The list after the bracket, either all with or all without exclamation mark; true where it takes arm64 in.</summary>
    private bool ReadArchitectures()
    {
        bool? negated = null;
        bool named = false;
        while (true)
        {
            SkipSpace();
            if (Take(']'))
                return negated is { } not ? named != not : throw Wrong("a list of architectures is empty");
            bool mark = Take('!');
            string word = TakeWord();
            if (word.Length == 0 || mark != (negated ?? mark))
                throw Wrong("a list of architectures is wrong");
            negated = mark;
            named |= word is Architecture or "any" or "linux-any" or "any-" + Architecture or "linux-" + Architecture;
        }
    }

    private string TakeWord() => TakeWhile(s_word).ToString();

    private ReadOnlySpan<char> TakeWhile(SearchValues<char> parts) => Take(text.AsSpan(_position).IndexOfAnyExcept(parts));

    private ReadOnlySpan<char> TakeUntil(SearchValues<char> ends) => Take(text.AsSpan(_position).IndexOfAny(ends));

    /// <summary>So many characters, or with a negative number all that are left.</summary>
    private ReadOnlySpan<char> Take(int length)
    {
        ReadOnlySpan<char> taken = length < 0 ? text.AsSpan(_position) : text.AsSpan(_position, length);
        _position += taken.Length;
        return taken;
    }

    private bool Take(char c)
    {
        bool found = _position < text.Length && text[_position] == c;
        if (found)
            _position++;
        return found;
    }

    private void SkipSpace() => TakeWhile(s_spaces);

    private readonly FormatException Wrong(string what) =>
        new($"{what} at '{Quotation.Shorten(text[Math.Max(Math.Min(_position, text.Length - 1) - 20, 0)..])}'");
}
