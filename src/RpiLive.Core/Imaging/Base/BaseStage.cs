namespace RpiLive.Core.Imaging.Base;

/// <summary>The steps of making a base image.</summary>
public enum BaseStage
{
    /// <summary>The indexes of the mirrors are fetched and read.</summary>
    Indexes,

    /// <summary>Packages come from the mirrors, or out of the cache; in bytes.</summary>
    Packages,

    /// <summary>Packages are unpacked; in bytes.</summary>
    Unpacking,

    /// <summary>The root is put together.</summary>
    Root,

    /// <summary>Kernel and initramfs are made ready.</summary>
    BootFiles,

    /// <summary>The image is written.</summary>
    Writing,
}
