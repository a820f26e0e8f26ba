namespace RpiLive.Core.Imaging.Edits;

/// <summary>No mount may lead back to the card, but for the boot volume, read-only.</summary>
/// <remarks>
/// The boot volume is an automount. Services read it at boot (sshswitch, userconfig, cloud-init), so it must be there when they
/// look; a plain <c>nofail</c> mount has no order before them, and one without <c>nofail</c> stops the boot where there is no
/// card. The automount is in place before local-fs.target, waits for the card no longer than 10 s, and lets go of it after 30 s
/// unused, so that the card of a system in RAM can be pulled. It keeps a desktop from mounting the volume read-write, too, since
/// what stands in fstab is mounted as fstab says. No check (the last 0): fsck.vfat writes. systemd-remount-fs and
/// systemd-growfs have nothing to do once there is no line of <c>/</c>.
/// </remarks>
internal sealed class FstabEdit : IRootEdit
{
    private const string OutOfAction = "# rpilive: ";

    /// <summary>Options of the stock line that say who may read the volume; without them, a closed one would open.</summary>
    private static readonly string[] s_keptOptions = ["umask=", "fmask=", "dmask=", "uid=", "gid="];

    public string Name => "fstab";

    public string Reason => "The root and swap of the card do not exist in a live image, and nothing of the card may be mounted read-write.";

    public void Apply(RootEditor root)
    {
        if (root.ReadText(BootMount.FstabPath) is not { } text)
            return;
        string[] lines = text.Split('\n');
        FstabLine?[] mounts = Array.ConvertAll(lines, FstabLine.Parse);
        CardVolumes card = new(root.Options, mounts);
        string? bootLine = null;
        for (int i = 0; i < lines.Length; i++)
        {
            if (mounts[i] is not { } mount)
                continue;
            if (BootMount.Is(mount))
            {
                string wanted = BootLine(root.Options.BootVolumeId, mount);
                if (lines[i] != wanted)
                    lines[i] = OutOfAction + lines[i] + (bootLine is null ? "\n" + wanted : "");
                bootLine ??= wanted;
            }
            else if (mount.MountPoint == "/" || (mount.IsSwap && IsSwapOfImage(mount.Source)))
                lines[i] = OutOfAction + lines[i];
            else if (card.Has(mount.Source))
            {
                lines[i] = OutOfAction + lines[i];
                if (!mount.IsSwap)
                    root.Warn($"/etc/fstab mounted {mount.Source} of the card on {mount.MountPoint}. The live image has no such volume, so the line is out of action and {mount.MountPoint} holds what the root has there.");
            }
            else if (CardVolumes.IsLocal(mount.Source) && !mount.Options.Any(option => option is "nofail" or "noauto"))
                root.Warn($"/etc/fstab mounts {mount.Source} on {mount.MountPoint} without nofail: a Pi without that disk stops in emergency mode.");
        }
        root.RewriteText(BootMount.FstabPath, string.Join('\n', lines));
    }

    /// <summary>A swap file lies in the root, and the kernel takes none on an overlay; zram is set up by the live boot.</summary>
    internal static bool IsSwapOfImage(string source) =>
        source.StartsWith("/dev/zram", StringComparison.Ordinal) || (source.StartsWith('/') && !source.StartsWith("/dev/", StringComparison.Ordinal));

    private static string BootLine(uint volumeId, FstabLine stock)
    {
        IEnumerable<string> kept = stock.Options.Where(option => s_keptOptions.Any(name => option.StartsWith(name, StringComparison.Ordinal)));
        string options = string.Join(',', kept.Prepend(
            "ro,nofail,noauto,x-systemd.automount,x-systemd.idle-timeout=30s,x-systemd.device-timeout=10s"));
        return $"{CardVolumes.NameOf(volumeId)}  {stock.MountPoint}  vfat  {options}  0  0";
    }
}
