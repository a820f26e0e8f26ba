using System.Globalization;

namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>A share of the RAM: what the upper layer, a directory in RAM or swap on zram can take.</summary>
/// <param name="Value">Percent, or MiB up to 1,048,576; 1 to 100 percent where nothing else is said.</param>
/// <param name="IsPercent">True for percent, false for MiB.</param>
public readonly record struct MemorySize(int Value, bool IsPercent)
{
    /// <summary>The most MiB.</summary>
    public const int MaxMebibytes = 1 << 20;

    /// <summary>Reads <c>50%</c> or <c>512</c>; null for anything else.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxPercent">The most percent.</param>
    /// <param name="minMebibytes">The least MiB.</param>
    public static MemorySize? Parse(string text, int maxPercent = 100, int minMebibytes = 1)
    {
        bool percent = text.EndsWith('%');
        return SettingNumber.Parse(percent ? text[..^1] : text, percent ? 1 : minMebibytes, percent ? maxPercent : MaxMebibytes) is { } value ? new((int)value, percent) : null;
    }

    /// <summary>The value as it stands in the settings: <c>50%</c> or <c>512</c>.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture) + (IsPercent ? "%" : "");
}
