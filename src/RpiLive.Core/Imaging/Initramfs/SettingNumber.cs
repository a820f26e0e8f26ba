using System.Globalization;

namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>Numbers in the live settings, with the bounds that /init computes safely in.</summary>
internal static class SettingNumber
{
    private const int MaxDigits = 12;

    /// <summary>A decimal number of at most 12 digits from <paramref name="min"/> to <paramref name="max"/>; null for anything else.</summary>
    public static long? Parse(string text, long min, long max) =>
        text.Length is > 0 and <= MaxDigits && text.All(char.IsAsciiDigit) && long.Parse(text, CultureInfo.InvariantCulture) is { } number
        && number >= min && number <= max ? number : null;
}
