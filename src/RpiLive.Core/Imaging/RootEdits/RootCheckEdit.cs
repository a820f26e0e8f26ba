namespace RpiLive.Core.Imaging.Edits;

/// <summary>The check of the root file system.</summary>
internal sealed class RootCheckEdit : IRootEdit
{
    public string Name => "root-check";

    public string Reason => "The root is an overlay over a read-only image, which no fsck knows; its hash is checked before it is mounted.";

    public void Apply(RootEditor root) => Units.Mask(root, "systemd-fsck-root.service");
}
