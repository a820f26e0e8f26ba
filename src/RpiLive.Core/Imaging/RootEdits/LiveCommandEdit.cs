using System.Text;
using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>The command rpilive: how the live system is doing, with a service that watches it and a line for whoever logs in.</summary>
internal sealed class LiveCommandEdit : IRootEdit
{
    private const int Executable = 0x1ED;
    private const string CommandPath = "/usr/bin/rpilive";
    private const string PartsFolder = LiveFolderEdit.Path + "/command";
    private const string WantedBy = "multi-user.target";

    /// <summary>The watch over the room for changes, and what tells a test of the image how the system is doing.</summary>
    private static readonly string[] s_units = ["rpilive-guard.service", "rpilive-report.service"];

    /// <summary>Scripts that pam_motd runs at each login (pam_motd(8) of Debian).</summary>
    private const string MessageFolder = "/etc/update-motd.d";

    public string Name => "live-command";

    public string Reason => "rpilive says how the live system is doing; a service of it warns before the room for changes runs out.";

    public void Apply(RootEditor root)
    {
        root.PutFile(CommandPath, BootScripts.Read("live/rpilive"), Executable);
        root.PutFile($"{PartsFolder}/05-json.sh", BootScripts.Read("parts/05-json.sh"));
        foreach (string part in BootScripts.CommandParts())
            root.PutFile($"{PartsFolder}/{part["live/command/".Length..]}", BootScripts.Read(part));
        if (Units.Has(root, WantedBy))
        {
            foreach (string unit in s_units)
                Units.Put(root, unit, WantedBy, Encoding.UTF8.GetString(BootScripts.Read("live/" + unit)));
        }
        if (root.Exists(MessageFolder))
            root.PutFile($"{MessageFolder}/15-rpilive", BootScripts.Read("live/motd"), Executable);
    }
}
