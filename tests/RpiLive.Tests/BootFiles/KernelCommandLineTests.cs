using System.Text;
using RpiLive.Core.Imaging.BootFiles;

namespace RpiLive.Tests.BootFiles;

public sealed class KernelCommandLineTests
{
    [Theory]
    [InlineData("console=serial0,115200 console=tty1 root=PARTUUID=5e3da3da-02 rootfstype=ext4 fsck.repair=yes rootwait resize",
        "console=serial0,115200 console=tty1\n")]
    [InlineData("console=tty1 root=PARTUUID=5e3da3da-02 rootfstype=ext4 fsck.repair=yes rootwait quiet init=/usr/lib/raspberrypi-sys-mods/firstboot\n",
        "console=tty1 quiet\n")]
    [InlineData("root=/dev/mmcblk0p2 rw init=/usr/lib/raspi-config/init_resize.sh splash plymouth.ignore-serial-consoles", "splash plymouth.ignore-serial-consoles\n")]
    [InlineData("overlayroot=tmpfs boot=overlay root=LABEL=writable fixrtc init=/bin/bash", "fixrtc init=/bin/bash\n")]
    [InlineData("root=x ds=nocloud;i=rpi-imager-1 cfg80211.ieee80211_regdom=DE rootfoo=1 row", "ds=nocloud;i=rpi-imager-1 cfg80211.ieee80211_regdom=DE rootfoo=1 row\n")]
    [InlineData("a=\"b root=c\" root=d", "a=\"b root=c\"\n")]
    [InlineData("noinitrd rdinit=/bin/sh nfsroot=a:/b quiet", "quiet\n")]
    [InlineData("", "\n")]
    public void Live_line_lacks_what_leads_to_the_card(string stock, string live) =>
        Assert.Equal(live, Encoding.Latin1.GetString(Parse(stock).ToLive(out _).ToBytes()));

    [Fact]
    public void Run_of_the_Imagers_script_is_dropped_and_reported()
    {
        KernelCommandLine live = Parse("quiet systemd.run=/boot/firstrun.sh systemd.run_success_action=reboot systemd.unit=kernel-command-line.target")
            .ToLive(out IReadOnlyList<string> dropped);
        Assert.Equal(["quiet"], live.Words);
        Assert.Equal(3, dropped.Count);
    }

    [Fact]
    public void Another_systemd_unit_of_the_user_stays() =>
        Assert.Equal(["systemd.unit=rescue.target", "systemd.run=/usr/local/bin/x"], Parse("systemd.unit=rescue.target systemd.run=/usr/local/bin/x").ToLive(out _).Words);

    [Fact]
    public void Only_the_first_line_with_words_counts() => Assert.Equal(["a", "b"], Parse("\r\n  \r\na\tb\r\nc").Words);

    private static KernelCommandLine Parse(string text) => KernelCommandLine.Parse(Encoding.Latin1.GetBytes(text));
}
