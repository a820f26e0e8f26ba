using System.Globalization;

namespace RpiLive.Building;

/// <summary>Sizes as people read them.</summary>
internal static class ByteText
{
    /// <summary>A size in KiB, MiB or GiB.</summary>
    public static string Of(double bytes) => bytes switch
    {
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 10):0} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 20):0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 30):0.00} GiB"),
    };
}
