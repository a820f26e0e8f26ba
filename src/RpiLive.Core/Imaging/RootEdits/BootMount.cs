namespace RpiLive.Core.Imaging.Edits;

/// <summary>Where fstab mounts the boot volume.</summary>
internal static class BootMount
{
    /// <summary>File of the mounts.</summary>
    public const string FstabPath = "/etc/fstab";

    /// <summary>/boot/firmware, or /boot up to Bullseye; null where fstab mounts no boot volume.</summary>
    public static string? Find(RootEditor root) => (root.ReadText(FstabPath) ?? "").Split('\n')
        .Select(FstabLine.Parse).FirstOrDefault(line => line is not null && Is(line))?.MountPoint;

    /// <summary>True for the mount of the boot volume. /boot may also be a file system of Linux's, with kernels only.</summary>
    public static bool Is(FstabLine line) =>
        line.MountPoint == "/boot/firmware" || (line.MountPoint == "/boot" && line.Type is "vfat" or "msdos" or "auto");

    /// <summary>The name of the unit that systemd makes for the mount point, without its ending.</summary>
    public static string UnitStem(string mountPoint) => mountPoint[1..].Replace('/', '-');
}
