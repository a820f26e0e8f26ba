namespace RpiLive.Core.Debian.Packages;

/// <summary>The rule for names of packages.</summary>
internal static class PackageName
{
    /// <summary>Characters that a name may have: with version and architecture it makes the name of a file.</summary>
    public const int MaxLength = 200;

    /// <summary>As dpkg takes names, a little wider than Debian Policy 5.6.1: letters, digits and <c>+-._</c>, the first a letter or digit.</summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaxLength || !char.IsAsciiLetterOrDigit(name[0]))
            return false;
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.' or '_'))
                return false;
        }
        return true;
    }
}
