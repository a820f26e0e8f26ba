using RpiLive.Core.Imaging.BootFiles;

namespace RpiLive.Tests.BootFiles;

public sealed class KernelCommandLineTests
{
    [Theory]
    [InlineData("a b\tc", "a|b|c")]
    [InlineData("\n \r\n a b \r\nsecond line", "a|b")]
    [InlineData("", "")]
    [InlineData("x=\"a b\" y", "x=\"a b\"|y")]
    [InlineData("\"x=a b\" y", "\"x=a b\"|y")]
    [InlineData("open=\"a b", "open=\"a b")]
    public void The_first_line_is_split_into_words_with_their_quotes(string text, string words) =>
        Assert.Equal(words, string.Join('|', new KernelCommandLine(text).Words));

    [Fact]
    public void Keys_with_dashes_and_underscores_are_the_same()
    {
        KernelCommandLine line = new("a-b=1 a_b=2 ab=3");
        Assert.Equal(["1", "2"], line.Values("a_b"));
        Assert.True(line.Remove("a-b"));
        Assert.Equal("ab=3", line.ToString());
    }

    [Fact]
    public void Values_come_without_quotes_however_they_are_quoted()
    {
        KernelCommandLine line = new("x=\"a b\" \"x=c d\" x x=");
        Assert.Equal(["a b", "c d", "", ""], line.Values("x"));
    }

    [Fact]
    public void Set_changes_the_first_word_and_keeps_the_order_of_the_others()
    {
        KernelCommandLine line = new("console=tty1 root=a quiet root=b console=serial0,115200");
        line.Set("root", "c d");
        line.Set("toram", null);
        line.Set("quiet", null);
        Assert.Equal("console=tty1 root=\"c d\" quiet console=serial0,115200 toram", line.ToString());
        Assert.Equal(["tty1", "serial0,115200"], line.Values("console"));
        Assert.Equal("c d", Assert.Single(line.Values("root")));
    }

    [Fact]
    public void Words_after_two_dashes_are_inits_and_stay()
    {
        KernelCommandLine line = new("quiet root=a -- root=b single");
        Assert.False(line.Contains("single"));
        line.Remove("root");
        line.Set("x", "1");
        Assert.Equal("quiet x=1 -- root=b single", line.ToString());
        Assert.Equal("quiet x=1 -- root=b single", LiveCommandLine.From(line).CommandLine.ToString());
    }

    [Theory]
    [InlineData("key", "a\"b")]
    [InlineData("key", "a\nb")]
    [InlineData("k y", "a")]
    [InlineData("k=y", "a")]
    [InlineData("", "a")]
    public void What_the_kernel_cannot_read_cannot_be_set(string key, string value) =>
        Assert.Throws<ArgumentException>(() => new KernelCommandLine("").Set(key, value));

    [Fact]
    public void The_bytes_end_in_one_newline() => Assert.Equal("a b\n"u8, new KernelCommandLine("a  b \n\n"u8).ToBytes());

    [Theory]
    [InlineData( // Trixie
        "console=serial0,115200 console=tty1 root=PARTUUID=12345678-02 rootfstype=ext4 fsck.repair=yes rootwait resize",
        "console=serial0,115200 console=tty1")]
    [InlineData( // Bookworm desktop with Imager's Wi-Fi country
        "console=serial0,115200 console=tty1 root=PARTUUID=12345678-02 rootfstype=ext4 fsck.repair=yes rootwait quiet "
        + "init=/usr/lib/raspberrypi-sys-mods/firstboot splash plymouth.ignore-serial-consoles cfg80211.ieee80211_regdom=GB",
        "console=serial0,115200 console=tty1 quiet splash plymouth.ignore-serial-consoles cfg80211.ieee80211_regdom=GB")]
    [InlineData( // Bullseye
        "console=tty1 root=/dev/mmcblk0p2 rw rootdelay=5 rootflags=noload init=/usr/lib/raspi-config/init_resize.sh", "console=tty1")]
    [InlineData( // raspi-config's overlays
        "overlayroot=tmpfs boot=overlay console=tty1 ro", "console=tty1")]
    [InlineData( // Ubuntu and cloud-init
        "multipath=off dwc_otg.lpm_enable=0 console=tty1 root=LABEL=writable rootfstype=ext4 rootwait fixrtc ds=nocloud;i=rpi-imager-1",
        "multipath=off dwc_otg.lpm_enable=0 console=tty1 fixrtc ds=nocloud;i=rpi-imager-1")]
    [InlineData("init=/bin/sh boot=live roottweak=1 systemd.unit=rescue.target", "init=/bin/sh boot=live roottweak=1 systemd.unit=rescue.target")]
    [InlineData("systemd.run=/usr/bin/mine systemd.run_success_action=none systemd.unit=kernel-command-line.target",
        "systemd.run=/usr/bin/mine systemd.run_success_action=none systemd.unit=kernel-command-line.target")]
    public void A_stock_line_loses_what_a_live_boot_must_not_have_and_nothing_else(string stock, string expected)
    {
        LiveCommandLine live = LiveCommandLine.From(new(stock));
        Assert.Equal(expected, live.CommandLine.ToString());
        Assert.False(live.HadFirstRun);
        Assert.Equal(new KernelCommandLine(stock).Words.Except(live.CommandLine.Words), live.Dropped);
    }

    [Theory]
    [InlineData("/boot/firstrun.sh")]
    [InlineData("/boot/firmware/firstrun.sh")]
    public void The_first_run_of_the_Imager_is_dropped_and_reported(string script)
    {
        LiveCommandLine live = LiveCommandLine.From(new(
            $"console=tty1 quiet systemd.run={script} systemd.run_success_action=reboot systemd.unit=kernel-command-line.target"));
        Assert.Equal("console=tty1 quiet", live.CommandLine.ToString());
        Assert.True(live.HadFirstRun);
        Assert.Equal(3, live.Dropped.Count);
    }

    [Fact]
    public void The_stock_line_is_not_changed()
    {
        KernelCommandLine stock = new("root=x quiet");
        LiveCommandLine.From(stock).CommandLine.Set("live", "1");
        Assert.Equal("root=x quiet", stock.ToString());
    }
}
