using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>Files and directories that base-files, libc-bin, kmod and others make when they are installed first.</summary>
internal sealed class DefaultFilesEdit : IBaseEdit
{
    private const int LogPermissions = 0x1B4, FailedLogPermissions = 0x1B0, SharedPermissions = 0x3FF, MailPermissions = 0x5FD, PrivatePermissions = 0x1C0;

    private static readonly string[] s_folders =
    [
        "/mnt", "/srv", "/opt", "/etc/opt", "/var/opt", "/media", "/var/mail", "/var/spool", "/var/log", "/var/tmp", "/tmp", "/root", "/home",
        "/proc", "/sys", "/dev", "/run", "/usr/local/bin", "/usr/local/etc", "/usr/local/games", "/usr/local/include", "/usr/local/lib",
        "/usr/local/sbin", "/usr/local/share/man", "/usr/local/src", "/var/lib/systemd", "/var/cache/apt/archives/partial", "/var/lib/apt/lists/partial",
    ];

    public void Apply(BaseRoot root)
    {
        RootEditor editor = root.Editor;
        foreach (string folder in s_folders)
            editor.MakeFolder(folder);
        editor.MakeFolder("/tmp").Permissions = SharedPermissions;
        editor.MakeFolder("/var/tmp").Permissions = SharedPermissions;
        editor.MakeFolder("/root").Permissions = PrivatePermissions;
        DirectoryNode mail = editor.MakeFolder("/var/mail");
        mail.Permissions = MailPermissions;
        mail.GroupId = root.Accounts.GroupId("mail") ?? 0;
        PutLinkOnce(editor, "/var/spool/mail", "../mail");
        PutLinkOnce(editor, "/var/run", "/run");
        PutLinkOnce(editor, "/var/lock", "/run/lock");
        PutLinkOnce(editor, "/usr/local/man", "share/man");

        uint utmp = root.Accounts.GroupId("utmp") ?? 0;
        editor.PutFile("/var/log/wtmp", [], LogPermissions, 0, utmp);
        editor.PutFile("/var/log/btmp", [], FailedLogPermissions, 0, utmp);
        editor.PutFile("/var/log/lastlog", [], LogPermissions, 0, utmp);

        root.CopyOnce("/usr/share/base-files/dot.profile", "/root/.profile");
        root.CopyOnce("/usr/share/base-files/dot.bashrc", "/root/.bashrc");
        root.CopyOnce("/usr/share/base-files/profile", "/etc/profile");
        root.CopyOnce("/usr/share/base-files/nsswitch.conf", "/etc/nsswitch.conf");
        root.CopyOnce("/usr/share/libc-bin/nsswitch.conf", "/etc/nsswitch.conf");
        root.CopyOnce("/usr/share/initramfs-tools/modules", "/etc/initramfs-tools/modules");
        if (editor.Exists("/etc/dpkg/origins/debian"))
            PutLinkOnce(editor, "/etc/dpkg/origins/default", "debian");
        if (!editor.Exists("/etc/modules"))
            editor.PutText("/etc/modules", "");
    }

    private static void PutLinkOnce(RootEditor editor, string path, string target)
    {
        if (TreePath.Find(editor.Root, path, followLast: false) is null)
            editor.PutLink(path, target);
    }
}
