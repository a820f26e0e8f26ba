namespace RpiLive.Core.Imaging.Base;

/// <summary>What a base image is for: its packages besides the essential ones, and what its message says of them.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Packages">Packages that are asked for; what they depend on comes along.</param>
/// <param name="Topics">What there is to do, and the commands for it.</param>
public sealed record BaseProfile(string Name, IReadOnlyList<string> Packages, IReadOnlyList<(string Topic, string Commands)> Topics)
{
    private static readonly string[] s_minimal =
    [
        "usr-is-merged", "systemd", "systemd-sysv", "systemd-resolved", "systemd-timesyncd", "udev", "dbus", "libpam-systemd", "login", "passwd", "mount", "linux-image-arm64", "busybox",
        "kmod", "e2fsprogs", "iproute2", "iputils-ping", "procps", "apt", "less", "nano",
    ];

    private static readonly string[] s_rescue =
    [
        "btrfs-progs", "xfsprogs", "dosfstools", "exfatprogs", "ntfs-3g", "parted", "gdisk", "fdisk", "smartmontools", "gddrescue", "testdisk", "hdparm",
        "cryptsetup-bin", "lvm2", "rsync", "openssh-client", "openssh-server", "curl", "ca-certificates", "wpasupplicant", "iw", "wireless-regdb",
        "firmware-brcm80211", "ethtool", "usbutils", "pciutils", "file", "lsof", "htop", "tmux", "pv", "xz-utils", "zstd",
    ];

    /// <summary>A system that starts, finds its network, and installs more with apt.</summary>
    public static BaseProfile Minimal { get; } = new("Minimal", s_minimal, [("network", "ip, ping; DHCP on every wire"), ("packages", "apt update, apt install")]);

    /// <summary>A bench for broken systems and their disks.</summary>
    public static BaseProfile Rescue { get; } = new("Rescue", [.. s_minimal, .. s_rescue],
    [
        ("disks", "lsblk, smartctl, hdparm, parted, gdisk, fdisk"),
        ("recovery", "ddrescue, testdisk, photorec"),
        ("file systems", "e2fsck, xfs_repair, btrfs, fsck.vfat, fsck.exfat, ntfsfix"),
        ("volumes", "cryptsetup, lvm"),
        ("copying", "rsync, scp, curl, pv, tar, zstd, xz"),
        ("network", "ip, ping, ethtool, ssh; DHCP on every wire; wpa_supplicant, iw"),
        ("looking", "htop, lsof, lsusb, lspci, dmesg, journalctl"),
        ("more", "apt update, apt install; nano, less, tmux"),
    ]);

    /// <summary>All profiles, the one to take by default first.</summary>
    public static IReadOnlyList<BaseProfile> All { get; } = [Minimal, Rescue];

    /// <summary>The profile of a name; null where it is none of <see cref="All"/>.</summary>
    public static BaseProfile? Find(string name) => All.FirstOrDefault(profile => profile.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
