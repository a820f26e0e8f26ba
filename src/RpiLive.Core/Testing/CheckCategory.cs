namespace RpiLive.Core.Testing;

/// <summary>What checks are about.</summary>
public enum CheckCategory
{
    /// <summary>Partition table, boot volume and the files that make an image a live one.</summary>
    Structure,

    /// <summary>What the firmware reads: config.txt, cmdline.txt, and what each model loads.</summary>
    Firmware,

    /// <summary>The initramfs of each kernel.</summary>
    Initramfs,

    /// <summary>The live root: every block of it, its checksum, and that each kernel can use it.</summary>
    Root,

    /// <summary>Live settings, keep rules, stores and zram.</summary>
    Settings,

    /// <summary>Nothing writes to the card, and no secrets are shared.</summary>
    Safety,

    /// <summary>The RAM of each model.</summary>
    Fit,

    /// <summary>A boot in QEMU.</summary>
    Boot,
}
