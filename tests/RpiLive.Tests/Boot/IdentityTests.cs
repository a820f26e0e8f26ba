using System.Security.Cryptography;
using System.Text;

namespace RpiLive.Tests.Boot;

public sealed class IdentityTests
{
    private const string Serial = "10000000abcdef01";

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("uninitialized\n")]
    [InlineData(null)]
    public void A_board_with_a_serial_number_keeps_its_machine_id(string? imageId)
    {
        using BootShell shell = new();
        if (imageId is not null)
            shell.Write("root/etc/machine-id", imageId);
        shell.Write("proc/device-tree/serial-number", Serial + "\0");
        Assert.Equal("serial", shell.Run("set_machine_id; printf %s \"$machine_id_source\""));
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("rpilive-" + Serial)));
        Assert.Equal($"{hash[..12]}4{hash[13..16]}8{hash[17..32]}\n", File.ReadAllText(shell["root/etc/machine-id"]));
    }

    [Theory]
    [InlineData("Serial\t\t: 10000000abcdef01\n", "serial")]
    [InlineData("Serial\t\t: 0000000000000000\n", "random")]
    [InlineData("processor\t: 0\n", "random")]
    public void Without_a_device_tree_the_processor_information_is_asked(string cpuInfo, string source)
    {
        using BootShell shell = new();
        shell.Write("proc/cpuinfo", cpuInfo);
        Assert.Equal(source, shell.Run("set_machine_id; printf %s \"$machine_id_source\""));
        string id = File.ReadAllText(shell["root/etc/machine-id"]);
        Assert.Matches("^[0-9a-f]{32}\n$", id);
        Assert.Equal(source == "random", id == "0123456789ab4cde8f0123456789abcd\n");
    }

    [Fact]
    public void A_machine_id_of_the_image_stays()
    {
        using BootShell shell = new();
        shell.Write("root/etc/machine-id", "00112233445566778899aabbccddeeff\n");
        shell.Write("proc/device-tree/serial-number", Serial);
        Assert.Equal("image", shell.Run("set_machine_id; printf %s \"$machine_id_source\""));
        Assert.Equal("00112233445566778899aabbccddeeff\n", File.ReadAllText(shell["root/etc/machine-id"]));
    }

    [Fact]
    public void A_link_in_place_of_the_machine_id_is_not_followed_out_of_the_root()
    {
        using BootShell shell = new();
        shell.Write("outside", "");
        File.CreateSymbolicLink(shell["root/etc/machine-id"], shell["outside"]);
        shell.Run("set_machine_id");
        Assert.Equal("", File.ReadAllText(shell["outside"]));
        Assert.Contains("symbolic link", File.ReadAllText(shell["run/rpilive/warnings"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1_000_000_000, "")]
    [InlineData(4_000_000_000, "-s @4000000000\n")]
    public void The_clock_is_only_ever_set_forward(long floor, string call)
    {
        using BootShell shell = new();
        Assert.Equal(call, shell.Run($"date() {{ [ \"$1\" = -s ] && echo \"$*\" >&3 || command date \"$@\"; }}\nset_clock {floor} 3>&1"));
    }

    [Theory]
    [InlineData("/sbin/init", "/sbin/init")]
    [InlineData("/bin/other", "/bin/other")]
    [InlineData("/usr/lib/raspberrypi-sys-mods/firstboot", "/sbin/init")]
    public void Init_of_the_command_line_is_started_unless_it_would_change_the_card(string asked, string started)
    {
        using BootShell shell = new();
        Directory.CreateDirectory(shell["root/sbin"]);
        File.CreateSymbolicLink(shell["root/sbin/init"], "/lib/systemd/systemd");
        shell.Write("root/bin/other", "");
        shell.Run("chmod 755 \"$ROOT/bin/other\"");
        Assert.Equal(started, shell.Run($"choose_init {asked}; printf %s \"$chosen_init\""));
        Assert.Equal(BootShell.Stopped, shell.TryRun("choose_init /sbin/nothing").ExitCode);
    }

    [Theory]
    [InlineData("0\n", "V")]
    [InlineData("1\n", "")]
    [InlineData(null, "")]
    public void A_watchdog_is_only_opened_where_it_can_be_stopped(string? nowayout, string written)
    {
        using BootShell shell = new();
        if (nowayout is not null)
            shell.Write("sys/class/watchdog/watchdog0/nowayout", nowayout);
        shell.Write("dev/watchdog0", "");
        shell.Run("disarm_watchdog");
        Assert.Equal(written, File.ReadAllText(shell["dev/watchdog0"]));
    }
}
