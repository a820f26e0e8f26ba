using System.Text;
using RpiLive.Core.Imaging.Edits;

namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>The SSH server: its settings, which its script would copy, keys of its own at each first boot, and no passwords.</summary>
internal sealed class SecureShellEdit : IBaseEdit
{
    private const int PrivateFolder = 0x1C0, PrivateFile = 0x180;
    private const string KeyUnit = "regenerate_ssh_host_keys.service";

    public void Apply(BaseRoot root)
    {
        if (!root.Has("openssh-server"))
            return;
        RootEditor editor = root.Editor;
        root.CopyOnce("/usr/share/openssh/sshd_config", "/etc/ssh/sshd_config");
        editor.PutText("/etc/ssh/sshd_config.d/rpilive.conf", "PasswordAuthentication no\nKbdInteractiveAuthentication no\n");
        editor.PutText($"/usr/lib/systemd/system/{KeyUnit}",
            "[Unit]\nDescription=Make SSH host keys\nBefore=ssh.service\nConditionPathExistsGlob=!/etc/ssh/ssh_host_*_key\n\n" +
            "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/ssh-keygen -A\n\n[Install]\nWantedBy=ssh.service\n");
        editor.PutLink($"/etc/systemd/system/ssh.service.wants/{KeyUnit}", $"/usr/lib/systemd/system/{KeyUnit}");
        if (root.Recipe.AuthorizedKeys.Count == 0)
            return;
        editor.MakeFolder("/root/.ssh").Permissions = PrivateFolder;
        editor.PutFile("/root/.ssh/authorized_keys", Encoding.UTF8.GetBytes(string.Concat(root.Recipe.AuthorizedKeys.Select(key => key + "\n"))), PrivateFile);
    }
}
