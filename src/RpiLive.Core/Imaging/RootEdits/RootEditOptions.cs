using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging;

/// <summary>What the root edits need to know of the images.</summary>
public sealed record RootEditOptions
{
    /// <summary>Volume id of the live image's boot volume (BS_VolID), by which fstab names it.</summary>
    public required uint BootVolumeId { get; init; }

    /// <summary>
    /// When the root was last written. Added and changed files get this time, so that the same image gives the same bytes,
    /// and the clock of a Pi never starts before it.
    /// </summary>
    public required Timestamp Timestamp { get; init; }

    /// <summary>
    /// How fstab can name the partitions of the stock image: <c>PARTUUID=738a4d67-02</c>, <c>UUID=…</c>, <c>LABEL=rootfs</c>.
    /// None of them exists in the live image.
    /// </summary>
    public IReadOnlyCollection<string> StockVolumes { get; init; } = [];
}
