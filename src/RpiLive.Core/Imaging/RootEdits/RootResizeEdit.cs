namespace RpiLive.Core.Imaging.Edits;

/// <summary>Services that grow the root to the size of the card.</summary>
internal sealed class RootResizeEdit : IRootEdit
{
    private const string OnceScript = "resize2fs_once";

    private static readonly string[] s_runLevels = ["0", "1", "2", "3", "4", "5", "6", "S"];

    public string Name => "root-resize";

    public string Reason => "There is no root partition to grow; each boot would try it again and fail.";

    public void Apply(RootEditor root)
    {
        Units.Mask(root, "rpi-resize.service", "rpi-resizerootfs.service", "systemd-growfs-root.service", "systemd-growfs@-.service");
        // The script deletes itself and its links after its first run; here it never had one.
        foreach (string level in s_runLevels)
        {
            string folder = $"/etc/rc{level}.d";
            foreach (string name in root.NamesIn(folder).Where(name => name.Length == 3 + OnceScript.Length && name.EndsWith(OnceScript, StringComparison.Ordinal)))
                root.Remove($"{folder}/{name}");
        }
        root.Remove($"/etc/init.d/{OnceScript}");
        Units.Mask(root, OnceScript + ".service");
    }
}
