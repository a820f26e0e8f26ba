namespace RpiLive.Core.SquashFs;

/// <summary>What shares blocks with other files ("fragments" in SquashFS).</summary>
public enum TailPacking
{
    /// <summary>Files smaller than a block, as mksquashfs does.</summary>
    SmallFiles,

    /// <summary>Also the last part of larger files: smaller images, a little more work to read such a file's end.</summary>
    All,

    /// <summary>Nothing.</summary>
    None,
}
