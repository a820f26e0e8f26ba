namespace RpiLive.Core.Kernel.Indexes;

/// <summary>Aliases as the keys of indexes.</summary>
internal static class AliasPattern
{
    /// <summary>The most bytes of an alias that kmod looks up.</summary>
    private const int MaxLength = 4095;

    /// <summary>
    /// The alias with <c>_</c> for <c>-</c> but in a set such as <c>[0-9]</c>, which stays; null where a bracket has no partner or
    /// the alias is too long to be looked up.
    /// </summary>
    public static string? Normalize(string alias)
    {
        if (alias.Length > MaxLength)
            return null;
        char[] key = alias.ToCharArray();
        for (int i = 0; i < key.Length; i++)
        {
            if (key[i] == '-')
                key[i] = '_';
            else if (key[i] == ']')
                return null;
            else if (key[i] == '[' && (i = alias.IndexOf(']', i)) < 0)
                return null;
        }
        return new string(key);
    }
}
