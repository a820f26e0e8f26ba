namespace RpiLive.Core.Fat;

/// <summary>The widths of entry that a file allocation table can have.</summary>
public enum FatType
{
    /// <summary>12 bits; fewer than 4,085 clusters.</summary>
    Fat12,

    /// <summary>16 bits; fewer than 65,525 clusters.</summary>
    Fat16,

    /// <summary>32 bits, of which 28 count.</summary>
    Fat32,
}
