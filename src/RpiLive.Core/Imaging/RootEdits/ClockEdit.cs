using System.Globalization;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>The earliest time that the clock of a Pi, which mostly has none that runs on, can start with.</summary>
/// <remarks>
/// systemd advances the clock at boot to the modification time of /usr/lib/clock-epoch and of systemd-timesyncd's clock file
/// (systemd(1), systemd-timesyncd(8)), fake-hwclock to what stands in its file. Certificates count as not yet valid before.
/// </remarks>
internal sealed class ClockEdit : IRootEdit
{
    private const string EpochPath = "/usr/lib/clock-epoch";
    private const string TimesyncFolder = "/var/lib/systemd/timesync";
    private const string FakeClockPath = "/etc/fake-hwclock.data";
    private const string FakeClockFormat = "yyyy-MM-dd HH:mm:ss";
    private const int FileMode = 0b110_100_100;

    /// <summary>9999-12-31T23:59:59Z.</summary>
    private const long LastSecond = 253_402_300_799;

    public string Name => "clock";

    public string Reason => "At a pristine boot no clock can start before the image was made, or certificates are not valid yet.";

    public void Apply(RootEditor root)
    {
        if (root.Options.Timestamp.Seconds is <= 0 or > LastSecond)
            return;
        if (root.IsFile("/usr/lib/systemd/systemd") || root.IsFile("/lib/systemd/systemd"))
            RaiseModifiedTime(root, EpochPath, 0, 0);
        if (FindUser(root, "systemd-timesync") is var (userId, groupId) && root.Exists("/var/lib/systemd")
            && TreePath.Find(root.Root, TimesyncFolder, followLast: false) is null or DirectoryNode)
        {
            root.MakeFolder(TimesyncFolder, userId, groupId);
            RaiseModifiedTime(root, TimesyncFolder + "/clock", userId, groupId);
        }
        if (root.IsFile("/usr/sbin/fake-hwclock") || root.IsFile("/sbin/fake-hwclock"))
        {
            RaiseFakeClock(root);
            Units.Mask(root, "fake-hwclock-save.timer", "fake-hwclock-save.service");
        }
    }

    private static void RaiseModifiedTime(RootEditor root, string path, uint userId, uint groupId)
    {
        FileNode? present = TreePath.Find(root.Root, path, followLast: false) as FileNode;
        if (present is not null && present.ModifiedTime.Seconds >= root.Options.Timestamp.Seconds)
            return;
        root.Remove(path);
        root.PutFile(path, [], FileMode, present?.UserId ?? userId, present?.GroupId ?? groupId);
    }

    private static void RaiseFakeClock(RootEditor root)
    {
        DateTime floor = DateTimeOffset.FromUnixTimeSeconds(root.Options.Timestamp.Seconds).UtcDateTime;
        string present = (root.ReadText(FakeClockPath) ?? "").Trim();
        if (!DateTime.TryParseExact(present, FakeClockFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime saved) || saved < floor)
            root.PutText(FakeClockPath, floor.ToString(FakeClockFormat, CultureInfo.InvariantCulture) + "\n");
    }

    /// <summary>Looks a user up in passwd(5).</summary>
    private static (uint UserId, uint GroupId)? FindUser(RootEditor root, string name)
    {
        foreach (string line in (root.ReadText("/etc/passwd") ?? "").Split('\n'))
        {
            string[] fields = line.Split(':');
            if (fields.Length >= 4 && fields[0] == name
                && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint userId)
                && uint.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out uint groupId))
                return (userId, groupId);
        }
        return null;
    }
}
