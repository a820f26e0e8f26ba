using RpiLive.Core.Imaging.Edits;

namespace RpiLive.Core.Imaging.Base.Edits;

/// <summary>
/// The common files of PAM, which pam-auth-update(8) makes: passwords of /etc/shadow, and a session of systemd where its module is there (a
/// leading dash lets a module be missing, pam.conf(5)).
/// </summary>
internal sealed class PasswordRulesEdit : IBaseEdit
{
    private const string Session =
        "session [default=1]   pam_permit.so\n" +
        "session requisite     pam_deny.so\n" +
        "session required      pam_permit.so\n" +
        "session required      pam_unix.so\n";

    public void Apply(BaseRoot root)
    {
        if (!root.Has("libpam-runtime"))
            return;
        RootEditor editor = root.Editor;
        editor.PutText("/etc/pam.d/common-auth",
            "auth [success=1 default=ignore] pam_unix.so nullok\nauth requisite pam_deny.so\nauth required pam_permit.so\n");
        editor.PutText("/etc/pam.d/common-account",
            "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\naccount requisite pam_deny.so\naccount required pam_permit.so\n");
        editor.PutText("/etc/pam.d/common-password",
            "password [success=1 default=ignore] pam_unix.so obscure yescrypt\npassword requisite pam_deny.so\npassword required pam_permit.so\n");
        editor.PutText("/etc/pam.d/common-session", Session + "-session optional      pam_systemd.so\n");
        editor.PutText("/etc/pam.d/common-session-noninteractive", Session);
    }
}
