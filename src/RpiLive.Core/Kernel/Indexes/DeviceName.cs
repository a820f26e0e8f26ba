using System.Globalization;

namespace RpiLive.Core.Kernel.Indexes;

/// <summary>
/// Lines of modules.devname: device nodes that are made at boot so that opening one loads its module. The module says the name by
/// an alias <c>devname:NAME</c>, the numbers by <c>char-major-MAJOR-MINOR</c> or <c>block-major-MAJOR-MINOR</c>.
/// </summary>
internal static class DeviceName
{
    /// <summary>The line of a module without its end; null where it names no node, or no numbers for it.</summary>
    public static string? Line(IndexedModule module)
    {
        string? name = null, numbers = null;
        foreach (string alias in module.Facts.Aliases)
        {
            if (alias.StartsWith("devname:", StringComparison.Ordinal))
                name = alias["devname:".Length..];
            else
                numbers = Numbers(alias, "char-major-", 'c') ?? Numbers(alias, "block-major-", 'b') ?? numbers;
            if (name is not null && numbers is not null)
                return $"{module.Name} {name} {numbers}";
        }
        return null;
    }

    private static string? Numbers(string alias, string start, char kind)
    {
        if (!alias.StartsWith(start, StringComparison.Ordinal) || alias[start.Length..].Split('-') is not [var major, var minor, ..])
            return null;
        return Number(major) is { } majorNumber && Number(minor) is { } minorNumber
            ? string.Create(CultureInfo.InvariantCulture, $"{kind}{majorNumber}:{minorNumber}")
            : null;
    }

    private static uint? Number(string digits) =>
        uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;
}
