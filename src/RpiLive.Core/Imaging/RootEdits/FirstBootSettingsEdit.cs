namespace RpiLive.Core.Imaging.Edits;

/// <summary>The services that take their settings from files on the boot volume and then delete the files there.</summary>
/// <remarks>
/// <para>The volume is read-only, and the scripts stop at the first failing command: sshswitch deletes <c>ssh</c> before it
/// enables the server, so ssh would never come up; userconfig fails over a bad <c>userconf.txt</c> that it wants to rename,
/// and asks nobody for a user. From Bookworm on they ask get_fw_loc for the folder, and that takes FWLOC from the environment:
/// they get a copy of the few files under /run. The files on the volume stay and work again at the next boot.</para>
/// <para>Before that, the paths are fixed in the scripts, but the work is done by the time that deleting fails: the failure is
/// excused. So it is for Debian's rpi-set-sysconf, on which basic.target depends and which writes its file anew.</para>
/// </remarks>
internal sealed class FirstBootSettingsEdit : IRootEdit
{
    private const string LocatorPath = "/usr/lib/raspberrypi-sys-mods/get_fw_loc";

    private static readonly (string Unit, string Script)[] s_services =
    [
        ("sshswitch.service", "/usr/lib/raspberrypi-sys-mods/sshswitch"),
        ("userconfig.service", "/usr/lib/userconf-pi/userconf-service"),
        ("rpi-set-sysconf.service", "/usr/local/sbin/rpi-set-sysconf"),
    ];

    public string Name => "first-boot-settings";

    public string Reason => "The settings on the boot volume (ssh, userconf.txt) must be applied at each boot although the files cannot be deleted.";

    public void Apply(RootEditor root)
    {
        if (BootMount.Find(root) is not { } mountPoint)
            return;
        bool canRedirect = root.ReadText(LocatorPath)?.Contains("-z \"$FWLOC\"", StringComparison.Ordinal) == true;
        foreach ((string unit, string script) in s_services)
        {
            if (!Units.Has(root, unit))
                continue;
            bool asksLocator = root.ReadText(script)?.Contains("get_fw_loc", StringComparison.Ordinal) == true;
            Units.PutDropIn(root, unit, "settings", canRedirect && asksLocator ? Redirected(mountPoint) : Excused);
        }
    }

    // 1: a shell's; 30: EROFS, which Perl's die exits with; 255: Perl's otherwise.
    private const string Excused = """
        # The files on the boot volume cannot be deleted in a live image.
        [Service]
        SuccessExitStatus=1 30 255

        """;

    private static string Redirected(string mountPoint) => $$"""
        # The boot volume is read-only in a live image: work on a copy of the settings.
        [Service]
        Environment=FWLOC=/run/rpilive/%N
        ExecStartPre=-/bin/sh -c 'mkdir -p -m 0700 "$$0"; cd {{mountPoint}} || exit; for f in ssh ssh.txt userconf userconf.txt failed_userconf failed_userconf.txt config.txt cmdline.txt; do test ! -f "$$f" || cp "$$f" "$$0"; done' /run/rpilive/%N

        """;
}
