using System.Text.Json;

namespace RpiLive.Tests.Boot;

public sealed class StatusTests
{
    private const string Boot = """
        root_mode=Medium root_reason='700 MiB do not fit' opt_root=auto medium_name=mmcblk0p1 medium_label=bootfs
        squashfs_bytes=4294967295 memory_available_at_start=750000 upper_kib=375000

        """;

    [Fact]
    public void The_status_is_JSON_with_all_that_is_known()
    {
        using BootShell shell = new();
        shell.Run(Boot + "squashfs_sha256=ab12 squashfs_verified=true\nwarn one\nwarn 'two \"quoted\" \\\\'\nwarn one\nwrite_status");
        using JsonDocument status = JsonDocument.Parse(File.ReadAllText(shell["run/rpilive/status.json"]));
        JsonElement root = status.RootElement;
        Assert.Equal("1.2.3", root.GetProperty("version").GetString());
        Assert.Equal("v8", root.GetProperty("flavour").GetString());
        Assert.NotEqual("", root.GetProperty("kernel").GetString());
        Assert.Equal("Medium", root.GetProperty("rootMode").GetString());
        Assert.Equal("Auto", root.GetProperty("requestedRootMode").GetString());
        Assert.Equal("700 MiB do not fit", root.GetProperty("reason").GetString());
        JsonElement medium = root.GetProperty("medium");
        Assert.Equal("/dev/mmcblk0p1 ABCD-1234 bootfs", $"{medium.GetProperty("device")} {medium.GetProperty("uuid")} {medium.GetProperty("label")}");
        JsonElement squashfs = root.GetProperty("squashfs");
        Assert.Equal((4294967295, "ab12", true),
            (squashfs.GetProperty("bytes").GetInt64(), squashfs.GetProperty("sha256").GetString(), squashfs.GetProperty("verified").GetBoolean()));
        JsonElement memory = root.GetProperty("memory");
        Assert.Equal([1_000_000, 750_000, 800_000, 375_000],
            ((string[])["totalKiB", "availableAtStartKiB", "availableKiB", "upperKiB"]).Select(name => memory.GetProperty(name).GetInt32()));
        Assert.Equal("image", root.GetProperty("machineId").GetString());
        Assert.Equal(["one", "two \"quoted\" \\\\"], root.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()));
    }

    [Fact]
    public void What_is_not_checked_has_no_sum_and_a_quiet_boot_no_warnings()
    {
        using BootShell shell = new();
        shell.Run(Boot + "write_status; write_motd");
        using JsonDocument status = JsonDocument.Parse(File.ReadAllText(shell["run/rpilive/status.json"]));
        Assert.Equal(JsonValueKind.Null, status.RootElement.GetProperty("squashfs").GetProperty("sha256").ValueKind);
        Assert.Empty(status.RootElement.GetProperty("warnings").EnumerateArray());
        Assert.False(Directory.Exists(shell["run/motd.d"]));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\"b\\c/d", "a\"b\\c/d")]
    [InlineData("tab\there\nline", "tab here line")]
    [InlineData("bell\u0007 ünïcödé", "bell? ??n??c??d??")]
    [InlineData("%s%n$(id)`id`${x}", "%s%n$(id)`id`${x}")]
    [InlineData("\\", "\\")]
    [InlineData("", "")]
    public void Any_text_becomes_a_JSON_string(string text, string expected)
    {
        using BootShell shell = new();
        shell.Write("text", text);
        string json = shell.Run($"json_string \"$(cat '{shell["text"]}')\"");
        Assert.Equal(expected, JsonSerializer.Deserialize<string>(json));
    }

    [Fact]
    public void Warnings_are_shown_even_when_quiet_and_in_the_message_of_the_day()
    {
        using BootShell shell = new();
        shell.Run("opt_quiet=yes; say 'all is well'; warn 'not so well'; write_motd");
        Assert.Equal("rpilive: WARNING: not so well\n", shell.Console);
        Assert.Equal("rpilive: WARNING: not so well\n", File.ReadAllText(shell["run/motd.d/10-rpilive"]));
        Assert.Contains("all is well", File.ReadAllText(shell["run/rpilive/log"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_go_to_every_console()
    {
        using BootShell shell = new();
        shell.Write("sys/class/tty/console/active", "ttyAMA0 tty1 ttyGone\n");
        shell.Write("dev/ttyAMA0", "");
        shell.Write("dev/tty1", "");
        shell.Run("find_consoles; say hello");
        Assert.Equal("rpilive: hello\n", File.ReadAllText(shell["dev/ttyAMA0"]));
        Assert.Equal("rpilive: hello\n", File.ReadAllText(shell["dev/tty1"]));
    }

    [Fact]
    public void The_policy_decides_how_a_failed_boot_ends()
    {
        using BootShell shell = new();
        string script = $". '{shell["parts/00-base.sh"]}'\nsleep() {{ echo \"sleep $1\"; [ \"$1\" != 60 ] || exit 7; }}\nreboot() {{ echo \"reboot $1\"; exit 8; }}\nrescue_shell() {{ echo shell; }}\nfind_consoles\n";
        Assert.Equal((7, "sleep 60\n"), shell.TryRun(script + "opt_onerror=stop; fail why"));
        Assert.Equal((8, "sleep 30\nreboot -f\n"), shell.TryRun(script + "opt_onerror=reboot; fail why"));
        Assert.Equal((8, "shell\nreboot -f\n"), shell.TryRun(script + "opt_onerror=shell; fail why"));
        Assert.Equal(3, shell.Console.Split("rpilive: STOP: why\n").Length - 1);
    }

    [Fact]
    public void Devices_are_offered_to_modprobe_once_each()
    {
        using BootShell shell = new();
        shell.Write("sys/devices/a/modalias", "pci:v1\n");
        shell.Write("sys/devices/b/modalias", "of:Nx\n");
        shell.Write("etc/modules", "squashfs\nloop\n");
        string script = "modprobe() { echo \"$*\" >>\"$STATE/calls\"; }\nxargs() { [ \"$1\" != -n ] || shift 2; \"$@\" $(cat); }\n";
        shell.Run(script + "load_modules; coldplug");
        Assert.Equal(["-q -a squashfs loop", "-q -a -b of:Nx pci:v1"], File.ReadAllLines(shell["run/rpilive/calls"]));
        shell.Write("sys/devices/c/modalias", "usb:v2\n");
        shell.Run(script + "coldplug");
        Assert.Equal("-q -a -b usb:v2", File.ReadAllLines(shell["run/rpilive/calls"])[^1]);
    }

    [Theory]
    [InlineData("nodev\toverlay\n\tsquashfs\n\tvfat\n", true, 0)]
    [InlineData("nodev\toverlay\n\tsquashfs\n", true, BootShell.Stopped)]
    [InlineData("nodev\tnotoverlay\n\tsquashfs\n\tvfat\n", true, BootShell.Stopped)]
    [InlineData("nodev\toverlay\n\tsquashfs\n\tvfat\n", false, BootShell.Stopped)]
    public void A_kernel_without_what_the_live_root_needs_stops_the_boot(string fileSystems, bool hasLoop, int exitCode)
    {
        using BootShell shell = new();
        shell.Write("proc/filesystems", fileSystems);
        if (hasLoop)
            shell.Write("dev/loop-control", "");
        Assert.Equal(exitCode, shell.TryRun("require_kernel").ExitCode);
    }

    [Fact]
    public void Steps_are_timed_and_told_with_zram_and_the_upper_layer()
    {
        using BootShell shell = new();
        shell.Run(Boot + """
            clock() { printf '%s 0.00\n' "$1" >"$PROC/uptime"; }
            clock 0.09; mark_step start; clock 1.10; mark_step modules; clock 12.34; mark_step copy; mark_step total
            upper_inodes=93750 zram_priority=100 zram_swappiness=150 zram_state=Active zram_device=zram0 zram_kib=512000 zram_algorithm=zstd
            write_facts; write_status
            """);
        using JsonDocument status = JsonDocument.Parse(File.ReadAllText(shell["run/rpilive/status.json"]));
        Assert.Equal(
            ["modules 1.01", "copy 11.24", "total 12.25"],
            status.RootElement.GetProperty("steps").EnumerateArray().Select(step => $"{step.GetProperty("name").GetString()} {step.GetProperty("seconds").GetRawText()}"));
        Assert.Equal("rpilive.boot 1", $"{status.RootElement.GetProperty("schema").GetString()} {status.RootElement.GetProperty("schemaVersion")}");
        Assert.Equal("""{"state":"Active","reason":"","device":"/dev/zram0","algorithm":"zstd","sizeKiB":512000,"limitKiB":0,"priority":100,"swappiness":150}""",
            status.RootElement.GetProperty("zram").GetRawText());
        Assert.Equal("""{"sizeKiB":375000,"inodes":93750}""", status.RootElement.GetProperty("upper").GetRawText());
        Assert.Equal(["Medium", "zram0", "mmcblk0p1"], ((string[])["root_mode", "zram_device", "medium_device"]).Select(name => File.ReadAllText(shell["run/rpilive/facts/" + name]).TrimEnd()));
    }
}
