using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RpiLive.Completion;

/// <summary>The volumes that this computer has at hand.</summary>
internal static partial class HostVolumes
{
    private const string UdevLabels = "/dev/disk/by-label", MacVolumes = "/Volumes";

    /// <summary>Their labels; none where the system does not tell.</summary>
    public static IEnumerable<string> Labels()
    {
        try
        {
            return OperatingSystem.IsWindows()
                ? [.. DriveInfo.GetDrives().Where(drive => drive.DriveType == DriveType.Removable && drive.IsReady).Select(drive => drive.VolumeLabel)]
                : OperatingSystem.IsMacOS() ? [.. Names(MacVolumes)] : [.. Names(UdevLabels).Select(FromUdev)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>A label out of the name of a link that udev has made: other bytes than usual ones are <c>\xNN</c> (systemd, encode_devnode_name).</summary>
    internal static string FromUdev(string name) => Encoding.UTF8.GetString(
        [.. Escape().Split(name).SelectMany((part, index) => index % 2 == 0
            ? Encoding.UTF8.GetBytes(part)
            : [byte.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture)])]);

    private static IEnumerable<string> Names(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)) : [];

    [GeneratedRegex(@"\\x([0-9a-f]{2})")]
    private static partial Regex Escape();
}
