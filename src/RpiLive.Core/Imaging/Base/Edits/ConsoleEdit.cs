using System.Text;
using RpiLive.Core.Imaging.Edits;

namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>
/// Screen and serial line log root in by themselves: nobody has a password, and who has the card in hand has all that is on it. A message says
/// what is there.
/// </summary>
internal sealed class ConsoleEdit : IBaseEdit
{
    private const string Folder = "/etc/systemd/system";

    public void Apply(BaseRoot root)
    {
        RootEditor editor = root.Editor;
        editor.PutText($"{Folder}/getty@.service.d/autologin.conf",
            "[Service]\nExecStart=\nExecStart=-/sbin/agetty --noclear --autologin root %I $TERM\n");
        editor.PutText($"{Folder}/serial-getty@.service.d/autologin.conf",
            "[Service]\nExecStart=\nExecStart=-/sbin/agetty --keep-baud 115200,57600,38400,9600 --autologin root %I $TERM\n");
        // The shells of an emergency ask for root's password, which there is none of.
        foreach (string unit in (string[])["emergency.service", "rescue.service"])
            editor.PutText($"{Folder}/{unit}.d/autologin.conf", "[Service]\nEnvironment=SYSTEMD_SULOGIN_FORCE=1\n");
        editor.PutText("/etc/motd", Message(root));
    }

    private static string Message(BaseRoot root)
    {
        StringBuilder text = new();
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\nDebian {root.Recipe.Suite.Codename}, {root.Recipe.Profile.Name} image, made by RpiLive.\n");
        text.Append("You are root. No one has a password");
        text.Append(root.Has("openssh-server")
            ? root.Recipe.AuthorizedKeys.Count > 0 ? "; SSH takes the keys that were given.\n" : "; SSH takes keys only, and none was given:\nput yours into /root/.ssh/authorized_keys.\n"
            : ".\n");
        foreach ((string topic, string tools) in root.Recipe.Profile.Topics)
            text.Append("  ").Append(topic.PadRight(12)).Append(tools).Append('\n');
        return text.Append('\n').ToString();
    }
}
