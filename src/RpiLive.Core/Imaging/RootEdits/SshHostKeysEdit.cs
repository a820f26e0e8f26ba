namespace RpiLive.Core.Imaging.Edits;

/// <summary>
/// Looks for SSH host keys and changes nothing: an image as published has none, and its own service makes some at each boot.
/// Keys that are in the image may be there on purpose.
/// </summary>
internal sealed class SshHostKeysEdit : IRootEdit
{
    public string Name => "ssh-host-keys";

    public string Reason => "SSH host keys in the image are the same on every Pi.";

    public void Apply(RootEditor root)
    {
        string[] keys = [.. root.NamesIn("/etc/ssh").Where(name =>
            name.StartsWith("ssh_host_", StringComparison.Ordinal) && name.EndsWith("_key", StringComparison.Ordinal))];
        if (keys.Length > 0)
        {
            root.Warn($"The image carries SSH host keys (/etc/ssh/{string.Join(", ", keys)}): every Pi started from it shows the same identity, " +
                "and who has the image can pose as any of them. Delete them in the stock image to have new ones made at each boot, or keep /etc/ssh.");
        }
    }
}
