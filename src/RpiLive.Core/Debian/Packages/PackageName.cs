using System.Buffers;

namespace RpiLive.Core.Debian.Packages;

/// <summary>The rule for names of packages.</summary>
internal static class PackageName
{
    /// <summary>Characters that a name may have: with version and architecture it makes the name of a file.</summary>
    public const int MaxLength = 200;

    /// <summary>The characters that a name may have.</summary>
    public static SearchValues<char> Characters { get; } = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-._");

    /// <summary>As dpkg takes names, a little wider than Debian Policy 5.6.1: letters, digits and <c>+-._</c>, the first a letter or digit.</summary>
    public static bool IsValid(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(name[0]) && !name.ContainsAnyExcept(Characters);
}
