using System.Globalization;

namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>The most RAM that what is written while the system runs can take.</summary>
/// <param name="Value">1 to 100 percent of the memory available once the root is in place, or 1 to 1,048,576 MiB.</param>
/// <param name="IsPercent">True for percent, false for MiB.</param>
public readonly record struct UpperSize(int Value, bool IsPercent)
{
    /// <summary>The value as it stands in the settings: <c>50%</c> or <c>512</c>.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture) + (IsPercent ? "%" : "");
}
