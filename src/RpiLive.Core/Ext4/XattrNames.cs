namespace RpiLive.Core.Ext4;

/// <summary>The numbers that stand for the beginnings of attribute names (fs/ext4/xattr.h).</summary>
internal static class XattrNames
{
    public const byte SystemIndex = 7;
    private const byte AccessListIndex = 2;
    private const byte DefaultListIndex = 3;

    private static readonly (byte Index, string Prefix)[] s_prefixes =
    [
        (1, "user."),
        (AccessListIndex, "system.posix_acl_access"),
        (DefaultListIndex, "system.posix_acl_default"),
        (4, "trusted."),
        (6, "security."),
        (8, "system.richacl"),
        (10, "gnu."),
        (SystemIndex, "system."),
    ];

    /// <summary>What a number stands for; null for those that Linux keeps to itself or does not know.</summary>
    public static string? PrefixOf(byte index) => Array.Find(s_prefixes, entry => entry.Index == index).Prefix;

    /// <summary>The number for a name and what of the name is left after it; null for a name that Linux does not know.</summary>
    public static (byte Index, string Suffix)? Split(string name)
    {
        foreach ((byte index, string prefix) in s_prefixes)
        {
            bool isWhole = !prefix.EndsWith('.');
            if (isWhole ? name == prefix : name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal))
                return (index, name[prefix.Length..]);
        }
        return null;
    }

    /// <summary>True for a number whose values are access control lists.</summary>
    public static bool IsAccessList(byte index) => index is AccessListIndex or DefaultListIndex;
}
