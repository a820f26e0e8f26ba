namespace RpiLive.Core.Imaging.Persistence;

/// <summary>Where a store lies.</summary>
public enum StoreKind
{
    /// <summary>A volume of another disk than the one booted from, found by label or UUID.</summary>
    Usb,

    /// <summary>Partition 2 of the card, ext4.</summary>
    Partition,

    /// <summary>A container file in a folder of the boot volume, with ext4 in it.</summary>
    Folder,
}
