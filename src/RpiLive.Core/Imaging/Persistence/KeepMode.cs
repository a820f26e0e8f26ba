namespace RpiLive.Core.Imaging.Persistence;

/// <summary>How a directory is kept.</summary>
public enum KeepMode
{
    /// <summary>What was changed lies on a store, over the content of the image: new files of a rebuilt image show through.</summary>
    Overlay,

    /// <summary>The directory lies on a store, filled from the image at its first use.</summary>
    Bind,

    /// <summary>The directory is empty at every start and lies in RAM, within a size of its own.</summary>
    Tmpfs,
}
