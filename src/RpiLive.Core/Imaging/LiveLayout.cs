namespace RpiLive.Core.Imaging;

/// <summary>Where things lie in a live image.</summary>
public static class LiveLayout
{
    /// <summary>First byte of the boot volume: 8 MiB, the erase block of large cards and what pi-gen uses since 2025.</summary>
    public const long BootVolumeOffset = 8 << 20;

    /// <summary>Label of the boot volume, as Raspberry Pi Imager and users know it.</summary>
    public const string BootVolumeLabel = "bootfs";

    /// <summary>The live root on the boot volume.</summary>
    public const string RootPath = "live/root.squashfs";

    /// <summary>The SHA-256 of the live root, as sha256sum prints it.</summary>
    public const string RootHashPath = "live/root.squashfs.sha256";

    /// <summary>What made the image.</summary>
    public const string DocumentPath = "live/image.json";

    /// <summary>
    /// Free bytes left on the boot volume, for settings, Imager's files and what users drop there. Takes no room in the
    /// image file where the host's file system knows sparse files.
    /// </summary>
    public const long FreeBytes = 64 << 20;

    /// <summary>
    /// Bytes by which the boot volume can grow later: the largest file that FAT can hold and the free space beside it. Costs
    /// 8 MiB of tables.
    /// </summary>
    public const long GrowthBytes = (4L << 30) + FreeBytes;

    /// <summary>Label of the file systems that are stores on the card.</summary>
    public const string StoreLabel = "RPILIVE";

    /// <summary>Folder of the container file on the boot volume.</summary>
    public const string ContainerFolder = "live/keep";

    /// <summary>The container file: a store on the boot volume.</summary>
    public const string ContainerPath = ContainerFolder + "/store.ext4";
}
