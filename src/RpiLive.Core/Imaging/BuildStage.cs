namespace RpiLive.Core.Imaging;

/// <summary>The steps of a build, in order.</summary>
public enum BuildStage
{
    /// <summary>Unpacking the stock image or verifying its packing; left out where there is nothing to do.</summary>
    Unpacking,

    /// <summary>Reading the partition table, file system structures and facts of the stock image.</summary>
    Reading,

    /// <summary>Hashing the stock image, making the initramfs and copying boot files.</summary>
    BootFiles,

    /// <summary>Compressing the root; the long step.</summary>
    Root,

    /// <summary>Hashing the compressed root and finishing the boot volume.</summary>
    Finishing,
}
