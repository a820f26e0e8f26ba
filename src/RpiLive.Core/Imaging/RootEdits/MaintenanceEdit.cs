namespace RpiLive.Core.Imaging.Edits;

/// <summary>Periodic upkeep. logrotate.timer and systemd-tmpfiles-clean.timer stay: they keep the upper layer small.</summary>
internal sealed class MaintenanceEdit : IRootEdit
{
    public string Name => "maintenance";

    public string Reason => "Package lists, caches and backups made after each boot would fill the RAM and be gone with the next; trimming would touch the card.";

    public void Apply(RootEditor root) => Units.Mask(
        root, "apt-daily.timer", "apt-daily-upgrade.timer", "man-db.timer", "dpkg-db-backup.timer", "e2scrub_all.timer",
        "e2scrub_reap.service", "fstrim.timer", "packagekit-offline-update.service");
}
