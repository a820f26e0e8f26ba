using System.Globalization;
using System.Text;

namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>Swap on zram, that is in compressed RAM (<c>zram</c> and <c>zram.</c>* of the live settings).</summary>
public sealed record ZramSettings
{
    /// <summary>Percent of RAM where no size is said.</summary>
    public const int DefaultPercent = 50;

    /// <summary>The least size and limit in MiB.</summary>
    public const int MinMebibytes = 8;

    /// <summary>The most percent of RAM that the device can have: what is put in takes a third of its size, mostly.</summary>
    public const int MaxPercent = 400;

    /// <summary>The highest priority of swap (swapon(2)).</summary>
    public const int MaxPriority = 32767;

    /// <summary>The highest <c>vm.swappiness</c> (Documentation/admin-guide/sysctl/vm.rst).</summary>
    public const int MaxSwappiness = 200;

    /// <summary>The highest <c>vm.page-cluster</c> that makes sense: 4 MiB in one go.</summary>
    public const int MaxPageCluster = 10;

    private const int MaxBoost = 150_000, MaxScale = 3000, MaxNameLength = 31;

    /// <summary>Size of the device, before compression: 1 to 400 percent of RAM, or 8 to 1,048,576 MiB.</summary>
    public MemorySize Size { get; init; } = new(DefaultPercent, true);

    /// <summary>How it compresses; null for the kernel's own choice.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Priority among swap devices, 0 to 32,767; -1 leaves it to the kernel.</summary>
    public int Priority { get; init; } = 100;

    /// <summary>The most RAM that the compressed data take: 1 to 100 percent, or 8 to 1,048,576 MiB; null for no limit.</summary>
    public MemorySize? Limit { get; init; }

    /// <summary>
    /// <c>vm.swappiness</c>, 0 to 200; over 100 needs Linux 5.8. The default is high because a page of the page cache that was dropped
    /// costs the unpacking of a whole block of the squashfs, and a page on zram that of 4 KiB.
    /// </summary>
    public int Swappiness { get; init; } = 150;

    /// <summary><c>vm.page-cluster</c>, 0 to 10: the power of two of pages that come back at once. On zram nothing is gained by more than one.</summary>
    public int PageCluster { get; init; }

    /// <summary><c>vm.watermark_boost_factor</c>, 0 to 150,000.</summary>
    public int WatermarkBoost { get; init; }

    /// <summary><c>vm.watermark_scale_factor</c>, 1 to 3,000: starts to swap a little earlier, so that programs seldom wait for it.</summary>
    public int WatermarkScale { get; init; } = 125;

    /// <summary>Size and algorithm, for people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Size.Value} {(Size.IsPercent ? "% of the RAM" : "MiB")}, {Algorithm ?? "the kernel's algorithm"}");

    /// <summary>True for the keys of this record.</summary>
    internal static bool Knows(string key) => key is "zram" or "zram.algorithm" or "zram.priority" or "zram.limit" or "zram.swappiness"
        or "zram.pagecluster" or "zram.watermarkboost" or "zram.watermarkscale";

    /// <summary>True for the name of an algorithm.</summary>
    internal static bool IsAlgorithm(string name) =>
        name.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>The settings with one key but <c>zram</c> changed; null where the value is not allowed.</summary>
    internal ZramSettings? With(string key, string value) => key switch
    {
        "zram.algorithm" => IsAlgorithm(value) ? this with { Algorithm = value } : null,
        "zram.priority" when value == "-1" => this with { Priority = -1 },
        "zram.priority" => SettingNumber.Parse(value, 0, MaxPriority) is { } number ? this with { Priority = (int)number } : null,
        "zram.limit" when value == "0" => this with { Limit = null },
        "zram.limit" => MemorySize.Parse(value, minMebibytes: MinMebibytes) is { } limit ? this with { Limit = limit } : null,
        "zram.swappiness" => SettingNumber.Parse(value, 0, MaxSwappiness) is { } number ? this with { Swappiness = (int)number } : null,
        "zram.pagecluster" => SettingNumber.Parse(value, 0, MaxPageCluster) is { } number ? this with { PageCluster = (int)number } : null,
        "zram.watermarkboost" => SettingNumber.Parse(value, 0, MaxBoost) is { } number ? this with { WatermarkBoost = (int)number } : null,
        "zram.watermarkscale" => SettingNumber.Parse(value, 1, MaxScale) is { } number ? this with { WatermarkScale = (int)number } : null,
        _ => null,
    };

    /// <summary>The value of <c>zram</c>, but for <c>off</c>; null for what is none.</summary>
    internal static MemorySize? ParseSize(string text) => MemorySize.Parse(text, MaxPercent, MinMebibytes);

    /// <summary>Writes the lines of the settings file.</summary>
    internal void AppendTo(StringBuilder text)
    {
        Add("zram", Size.ToString());
        if (Algorithm is not null)
            Add("zram.algorithm", Algorithm);
        Add("zram.priority", Number(Priority));
        if (Limit is { } limit)
            Add("zram.limit", limit.ToString());
        Add("zram.swappiness", Number(Swappiness));
        Add("zram.pagecluster", Number(PageCluster));
        Add("zram.watermarkboost", Number(WatermarkBoost));
        Add("zram.watermarkscale", Number(WatermarkScale));

        void Add(string key, string value) => text.Append(key).Append('=').Append(value).Append('\n');
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
