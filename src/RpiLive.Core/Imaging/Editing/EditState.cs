using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Imaging.Persistence;
using RpiLive.Core.SquashFs;

namespace RpiLive.Core.Imaging.Editing;

/// <summary>What of a live image a change depends on.</summary>
/// <param name="Image">Path of the image file, for errors.</param>
/// <param name="Settings">Its live settings.</param>
/// <param name="Root">Its root.</param>
/// <param name="PartitionLength">Bytes of the partition that keeps data; null for none.</param>
/// <param name="ContainerLength">Bytes of the container file on the boot volume; null for none.</param>
public sealed record EditState(string Image, LiveSettings Settings, SquashFsVolume Root, long? PartitionLength, long? ContainerLength)
{
    /// <summary>Its kernels.</summary>
    public IReadOnlyList<LiveFlavour> Flavours { get; init; } = [];

    /// <summary>Bytes of the store of a kind that lies on the card; null for none.</summary>
    public long? LengthOf(StoreKind kind) => kind switch
    {
        StoreKind.Partition => PartitionLength,
        StoreKind.Folder => ContainerLength,
        _ => null,
    };
}
