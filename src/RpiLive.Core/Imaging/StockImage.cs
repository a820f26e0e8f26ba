using RpiLive.Core.Errors;
using RpiLive.Core.Ext4;
using RpiLive.Core.Fat;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging;

/// <summary>A stock image, opened: its boot volume and its root, as trees whose contents stay in the source.</summary>
internal sealed class StockImage
{
    private const byte LinuxType = 0x83;

    private StockImage(uint diskId, MbrPartition bootPartition, FatVolume bootVolume, DirectoryNode boot, MbrPartition rootPartition, Ext4Volume rootVolume, DirectoryNode root)
    {
        DiskId = diskId;
        Boot = boot;
        RootVolume = rootVolume;
        Root = root;
        VolumeNames =
        [
            $"PARTUUID={diskId:x8}-{bootPartition.Number:x2}", $"UUID={FatVolume.FormatId(bootVolume.VolumeId)}", $"LABEL={bootVolume.ReadLabel()}",
            $"PARTUUID={diskId:x8}-{rootPartition.Number:x2}", $"UUID={rootVolume.Id}", $"LABEL={rootVolume.Label}",
        ];
    }

    /// <summary>The 32-bit id of the partition table.</summary>
    public uint DiskId { get; }

    /// <summary>The files of the boot volume.</summary>
    public DirectoryNode Boot { get; }

    /// <summary>The file system of the root.</summary>
    public Ext4Volume RootVolume { get; }

    /// <summary>Bytes of the root's file system that are in use.</summary>
    public long UsedBytes => (RootVolume.BlockCount - RootVolume.FreeBlocks) * RootVolume.BlockSize;

    /// <summary>The files of the root.</summary>
    public DirectoryNode Root { get; }

    /// <summary>How fstab can name the two partitions, such as <c>PARTUUID=738a4d67-02</c>.</summary>
    public IReadOnlyList<string> VolumeNames { get; }

    /// <summary>Opens the image and reads all its metadata.</summary>
    /// <exception cref="ImageException">No stock image, or damaged.</exception>
    public static StockImage Open(RandomAccessSource source, CancellationToken cancellation)
    {
        MasterBootRecord table = MasterBootRecord.Read(source);
        MbrPartition bootPartition = BootVolume.Find(table, source);
        FatVolume bootVolume = BootVolume.Open(bootPartition, source);
        DirectoryNode boot = bootVolume.ReadTree(cancellation);
        if (FatPath.FindFile(boot, LiveLayout.RootPath) is not null)
        {
            throw new ImageException(ErrorIds.AlreadyLive, ImageErrorKind.Unsupported, $"{source.Name}: is a live image already.",
                "Start from the stock image that it was made from.");
        }
        (MbrPartition rootPartition, RandomAccessSource content) = FindRoot(table, source);
        Ext4Volume rootVolume = Ext4Volume.Open(content, cancellation);
        return new StockImage(table.DiskId, bootPartition, bootVolume, boot, rootPartition, rootVolume, rootVolume.ReadTree(cancellation));
    }

    private static (MbrPartition Partition, RandomAccessSource Content) FindRoot(MasterBootRecord table, RandomAccessSource source)
    {
        foreach (MbrPartition partition in table.Partitions.Where(partition => partition.Type == LinuxType))
        {
            RandomAccessSource content = source.Slice(partition.FirstByte, partition.Length, $"{source.Name} (partition {partition.Number})");
            if (Ext4Volume.IsExt(content))
                return (partition, content);
        }
        throw new ImageException(ErrorIds.RootPartitionMissing, ImageErrorKind.Missing,
            $"{source.Name}: no partition of type 0x83 holds an ext4 file system; the image has {BootVolume.Describe(table)}.",
            "Use an image whose root file system is ext4, as Raspberry Pi OS and Debian publish them.");
    }
}
