namespace RpiLive.Core.Imaging.Base;

/// <summary>Where things lie in a base image: as in the images of Raspberry Pi OS, with a smaller boot volume.</summary>
internal static class BaseLayout
{
    /// <summary>Partitions begin at multiples of this many bytes: the erase block of large cards.</summary>
    public const long Alignment = 8 << 20;

    /// <summary>Bytes in a cluster of the boot volume: with these, the smallest volume that FAT32 allows has 64 MiB.</summary>
    public const int ClusterSize = 1024;

    /// <summary>Bytes left free on the boot volume, for settings and the kernels of upgrades.</summary>
    public const long BootFreeBytes = 64 << 20;

    /// <summary>Bytes left free on the root by default.</summary>
    public const long RootFreeBytes = 256 << 20;

    /// <summary>Label of the root.</summary>
    public const string RootLabel = "rootfs";

    /// <summary>The kernel, by the name that the firmware looks for in 64-bit mode (config_txt/boot.adoc of the Raspberry Pi documentation).</summary>
    public const string KernelFile = "kernel8.img";

    /// <summary>The initramfs that belongs to it with <c>auto_initramfs=1</c>.</summary>
    public const string InitramfsFile = "initramfs8";

    /// <summary>The next multiple of <see cref="Alignment"/>.</summary>
    public static long Align(long length) => (length + Alignment - 1) / Alignment * Alignment;
}
