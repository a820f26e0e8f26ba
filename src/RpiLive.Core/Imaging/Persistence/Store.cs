using System.Text;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>A place that keeps data: <c>store.NAME</c> and <c>store.NAME.*</c> of the live settings.</summary>
public sealed record Store
{
    /// <summary>The most stores of one image.</summary>
    public const int MaxCount = 8;

    /// <summary>The least and most seconds of <see cref="TimeoutSeconds"/> and <see cref="FlushInterval"/>.</summary>
    public const int MinSeconds = 1, MaxSeconds = 3600;

    /// <summary>The least and most MiB of a store: ext4 needs 8, and /init takes no more than 1,048,576.</summary>
    public const int MinMebibytes = 8, MaxMebibytes = 1 << 20;

    /// <summary>Bytes of the longest volume label, which ext4 has.</summary>
    public const int MaxLabelLength = 16;

    private const int MaxNameLength = 15;

    /// <summary>Name: a letter, then up to 14 letters and digits, all of a to z and 0 to 9.</summary>
    public required string Name { get; init; }

    /// <summary>Where it lies.</summary>
    public required StoreKind Kind { get; init; }

    /// <summary>The label of the volume, exact. Of <see cref="StoreKind.Usb"/>, which has this or <see cref="Uuid"/>.</summary>
    public string? Label { get; init; }

    /// <summary>The UUID of the volume as blkid prints it; case does not count.</summary>
    public string? Uuid { get; init; }

    /// <summary>
    /// MiB of the container file that is made on a FAT or exFAT volume without one; null for /init's default of 1,024. Of
    /// <see cref="StoreKind.Usb"/> alone.
    /// </summary>
    public int? Size { get; init; }

    /// <summary>True to fill the card at the first start. Of <see cref="StoreKind.Partition"/> alone.</summary>
    public bool Grow { get; init; }

    /// <summary>What the start does without the store.</summary>
    public OnMissing OnMissing { get; init; } = OnMissing.Pristine;

    /// <summary>Seconds to wait for the store under <see cref="OnMissing.Pristine"/> and <see cref="OnMissing.Stop"/>, 1 to 3,600.</summary>
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>True to let the store be read and never written.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Seconds between writes of what changed, 1 to 3,600; null for ext4's own 5.</summary>
    public int? FlushInterval { get; init; }

    /// <summary>True for a name as the settings allow it.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= MaxNameLength && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c));

    /// <summary>True for a label that a volume can have and a line of the settings can hold.</summary>
    public static bool IsLabel(string label) => label.Length > 0 && Encoding.UTF8.GetByteCount(label) <= MaxLabelLength
        && !label.Any(char.IsControl) && label == label.Trim();

    /// <summary>True for the UUID of an ext volume, or the serial number of a FAT or exFAT volume, as blkid prints them.</summary>
    public static bool IsUuid(string uuid) => Guid.TryParseExact(uuid, "D", out _)
        || (uuid.Length == 9 && uuid[4] == '-' && uuid.Where((_, at) => at != 4).All(char.IsAsciiHexDigit));
}
