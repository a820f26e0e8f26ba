using System.IO.Enumeration;

namespace RpiLive.Core.Debian.Root;

/// <summary>
/// dpkg's rules of what to leave out (<c>path-exclude</c> and <c>path-include</c> of dpkg(1)): patterns of <c>*</c>, which takes slashes too,
/// and <c>?</c>; the last that matches decides. They are written into the root as well, so that later upgrades leave out the same.
/// </summary>
internal sealed class PathRules
{
    private readonly (string Pattern, bool Include)[] _rules;

    /// <summary>Reads the rules.</summary>
    /// <param name="lines">Lines as in /etc/dpkg/dpkg.cfg.d: <c>path-exclude=PATTERN</c> or <c>path-include=PATTERN</c>.</param>
    public PathRules(IReadOnlyList<string> lines)
    {
        Lines = lines;
        _rules = [.. lines.Select(line => (line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..], line.StartsWith("path-include", StringComparison.Ordinal)))];
    }

    /// <summary>The rules as they were given.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>True when a path is to be unpacked.</summary>
    public bool Includes(string path)
    {
        for (int i = _rules.Length - 1; i >= 0; i--)
        {
            if (FileSystemName.MatchesSimpleExpression(_rules[i].Pattern, path, ignoreCase: false))
                return _rules[i].Include;
        }
        return true;
    }
}
