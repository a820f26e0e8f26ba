using System.Text.RegularExpressions;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>Services whose conditions look at the boot volume get it mounted first.</summary>
/// <remarks>
/// Conditions are checked by process 1, which owns the automount and so sees the empty directory below it, not the volume
/// (autofs never makes its own daemon wait). cloud-init's first stage reads the volume itself, but may run before the automount
/// is in place, since it has no order against local-fs.target.
/// </remarks>
internal sealed partial class BootVolumeUnitsEdit : IRootEdit
{
    private static readonly string[] s_earlyReaders = ["cloud-init-main.service", "cloud-init-local.service"];

    public string Name => "boot-volume-units";

    public string Reason => "The boot volume is mounted when it is first used, which the conditions of services do not bring about.";

    public void Apply(RootEditor root)
    {
        if (BootMount.Find(root) is not { } mountPoint)
            return;
        string stem = BootMount.UnitStem(mountPoint);
        foreach (string unit in Units.Services(root))
        {
            if (LooksAt(Units.Read(root, unit) ?? "", mountPoint))
                Put(root, unit, stem + ".mount");
            else if (s_earlyReaders.Contains(unit))
                Put(root, unit, stem + ".automount");
        }
    }

    private static void Put(RootEditor root, string unit, string needed) => Units.PutDropIn(root, unit, "boot-volume", $"""
        # The boot volume is an automount in a live image.
        [Unit]
        Wants={needed}
        After={needed}

        """);

    private static bool LooksAt(string unitText, string mountPoint) => PathCondition().Matches(unitText).Any(match =>
        match.Groups[1].Value is { } path && path.StartsWith(mountPoint, StringComparison.Ordinal)
        && (path.Length == mountPoint.Length || path[mountPoint.Length] == '/'));

    [GeneratedRegex(@"^(?:Condition|Assert)(?:Path|File|Directory)\w+[ \t]*=[ \t]*[|!]*[ \t]*(/[^\r\n]*?)[ \t]*\r?$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex PathCondition();
}
