using RpiLive.Core.Errors;
using RpiLive.Core.Fat.Editing;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Imaging.Editing;

/// <summary>The partitions of an image that is being edited. The partition table changes by the writing of its one sector.</summary>
/// <param name="medium">The image.</param>
/// <param name="path">Path of the image, for errors.</param>
internal sealed class EditedDisk(EditedMedium medium, string path)
{
    /// <summary>The image.</summary>
    public EditedMedium Medium => medium;

    /// <summary>Path of the image, for errors.</summary>
    public string Path => path;

    /// <summary>The partition table of the moment.</summary>
    public MasterBootRecord Table => MasterBootRecord.Read(medium.Content);

    /// <summary>The boot partition.</summary>
    public MbrPartition Boot => BootVolume.Find(Table, medium.Content);

    /// <summary>True when another partition lies behind the boot partition.</summary>
    public bool HasNeighbour => Behind(Boot).Any();

    /// <summary>Adds or changes a partition, or takes it away, in one sector; on the disk when this returns.</summary>
    /// <param name="number">1 to 4.</param>
    /// <param name="partition">The partition; null for none.</param>
    public void Change(int number, MbrPartition? partition)
    {
        medium.Flush();
        MasterBootRecord.Change(medium.Content, medium, number, partition);
        medium.Flush();
    }

    /// <summary>Cuts the image behind its last partition, so that what is added there again reads as zeros.</summary>
    public void Trim()
    {
        long end = Table.Partitions.Max(static partition => partition.End);
        if (medium.Content.Length > end)
            medium.SetLength(end);
    }

    /// <summary>Makes the image longer where it is shorter than that.</summary>
    public void Reach(long length)
    {
        if (medium.Content.Length < length)
            medium.SetLength(length);
    }

    /// <summary>
    /// Makes the boot volume as long as that: longer as far as its tables and the next partition allow, shorter as far as what
    /// is on it allows.
    /// </summary>
    /// <returns>False when it cannot become so long; nothing is changed then.</returns>
    public bool TryResize(Fat32Editor volume, long length)
    {
        MbrPartition partition = Boot;
        length = Math.Max(length, volume.MinLength);
        long room = Behind(partition).Select(static other => other.FirstByte).DefaultIfEmpty(long.MaxValue).Min() - partition.FirstByte;
        long limit = Math.Min(volume.MaxLength, room);
        if (length > limit)
            return false;
        length = Math.Min(StoreOptions.RoundUp(partition.FirstByte + length) - partition.FirstByte, limit);
        if (length > partition.Length)
        {
            Trim();
            Reach(partition.FirstByte + length);
            Change(partition.Number, partition with { Length = length });
        }
        volume.Resize(length);
        if (length < partition.Length)
        {
            Change(partition.Number, partition with { Length = length });
            Trim();
            medium.Flush();
        }
        return true;
    }

    /// <summary>The error for an image with other partitions than RpiLive makes.</summary>
    public ImageException Foreign(MbrPartition partition) => new(
        "UnsupportedLiveImage", ImageErrorKind.Unsupported,
        $"{path}: partition {partition.Number} (type 0x{partition.Type:X2}) is no store of RpiLive, and the store would take its place.",
        "Remove that partition from the image, or keep data on a USB drive or in a file on the boot volume.");

    private IEnumerable<MbrPartition> Behind(MbrPartition partition) => Table.Partitions.Where(other => other.FirstByte >= partition.End);
}
