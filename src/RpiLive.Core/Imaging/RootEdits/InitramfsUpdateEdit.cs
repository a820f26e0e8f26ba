namespace RpiLive.Core.Imaging.Edits;

/// <summary>update-initramfs, which packages call at many an upgrade (update-initramfs.conf(5)).</summary>
internal sealed class InitramfsUpdateEdit : IRootEdit
{
    private const string ConfigPath = "/etc/initramfs-tools/update-initramfs.conf";
    private const string Key = "update_initramfs=";
    private const string Setting = Key + "no";

    public string Name => "initramfs-update";

    public string Reason => "The live image starts from its own initramfs; making another costs RAM and fails over the read-only boot volume.";

    public void Apply(RootEditor root)
    {
        if (root.ReadText(ConfigPath) is not { } text)
            return;
        string[] lines = text.Split('\n');
        bool isSet = false;
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].TrimStart().StartsWith(Key, StringComparison.Ordinal))
                continue;
            lines[i] = Setting;
            isSet = true;
        }
        text = string.Join('\n', lines);
        if (!isSet)
            text += (text.Length == 0 || text.EndsWith('\n') ? "" : "\n") + Setting + "\n";
        root.RewriteText(ConfigPath, text);
    }
}
