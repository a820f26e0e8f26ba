using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Edits;

/// <summary>The id of the machine (machine-id(5)).</summary>
/// <remarks>
/// The boot writes an id into the upper layer before systemd starts, made from the board's serial number; it does so where the
/// file is empty. <c>uninitialized</c>, as newer images have it, would make systemd take each boot for the first one, and an id
/// of the image's own would be the same on every Pi.
/// </remarks>
internal sealed class MachineIdEdit : IRootEdit
{
    private const string Path = "/etc/machine-id";
    private const string DBusPath = "/var/lib/dbus/machine-id";
    private const int ReadOnly = 0b100_100_100;

    public string Name => "machine-id";

    public string Reason => "Each Pi gets its own id at boot; one in the image would be shared by all, and \"uninitialized\" makes every boot a first boot.";

    public void Apply(RootEditor root)
    {
        if (TreePath.Find(root.Root, Path, followLast: false) is FileNode or SymlinkNode)
            root.PutFile(Path, [], ReadOnly);
        if (TreePath.Find(root.Root, DBusPath, followLast: false) is FileNode)
            root.PutLink(DBusPath, Path);
    }
}
