using RpiLive.Core.Tree;

namespace RpiLive.Core.Fat;

/// <summary>How a FAT32 volume is made.</summary>
public sealed record Fat32Options
{
    /// <summary>The 32-bit serial number, shown as <c>XXXX-XXXX</c>.</summary>
    public required uint VolumeId { get; init; }

    /// <summary>1 to 11 printable ASCII characters without <c>"*+,./:;&lt;=&gt;?[\]|</c>; kept in its case.</summary>
    public required string Label { get; init; }

    /// <summary>Sectors of 512 bytes in front of the partition.</summary>
    public required uint HiddenSectors { get; init; }

    /// <summary>
    /// The most bytes that all files together and the free space may take. It sizes the space kept for the tables, so it may
    /// be generous: 1 GiB more costs 2 MiB of the volume. Rounding to clusters and directories come on top of it by themselves.
    /// </summary>
    public required long MaxDataBytes { get; init; }

    /// <summary>
    /// Bytes by which the volume can grow later without moving anything: so much more room is kept in the tables. 1 GiB costs
    /// 2 MiB of the volume.
    /// </summary>
    public long GrowthBytes { get; init; }

    /// <summary>The time of the label and of directories that nobody gave a time.</summary>
    public required Timestamp Timestamp { get; init; }

    /// <summary>Bytes in a cluster: a power of two from 512 to 32,768.</summary>
    public int ClusterSize { get; init; } = 4096;
}
