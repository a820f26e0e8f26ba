using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RpiLive.Tests.Boot;

public sealed class RootTests
{
    private const string Fakes = """
        mount() { printf 'mount %s\n' "$*" >>"$STATE/calls"; }
        umount() { printf 'umount %s\n' "${1##*/}" >>"$STATE/calls"; }
        blockdev() { :; }
        nap() { sleep 0.02; }
        medium_name=mmcblk0p1

        """;

    [Theory]
    // wish, MiB of squashfs, MiB available, MiB of reserve; result
    [InlineData("auto", 600, 800, 160, 0, "Ram")]
    [InlineData("auto", 600, 760, 160, 0, "Ram")]
    [InlineData("auto", 600, 759, 160, 0, "Medium")]
    [InlineData("auto", 4095, 8000, 160, 0, "Ram")]
    [InlineData("ram", 600, 760, 160, 0, "Ram")]
    [InlineData("ram", 600, 759, 160, 1, "")]
    [InlineData("ram", 600, 600, 0, 0, "Ram")]
    [InlineData("medium", 10, 8000, 0, 0, "Medium")]
    [InlineData("medium", 4095, 100, 160, 0, "Medium")]
    public void The_root_goes_where_it_fits(string wish, long squashfs, long available, int reserve, int status, string mode)
    {
        using BootShell shell = new();
        Assert.Equal($"{status} {mode}\n", shell.Run(
            $"decide_root {wish} {squashfs << 20} {available << 10} {reserve}\necho \"$? $root_mode\"\n[ -n \"$root_reason\" ]"));
    }

    [Fact]
    public void An_unreadable_memory_figure_means_that_nothing_fits()
    {
        using BootShell shell = new();
        shell.Write("proc/meminfo", "nonsense\n");
        Assert.Equal("Medium\n", shell.Run("decide_root auto 1048576 \"$(memory_kib MemAvailable)\" 0; echo \"$root_mode\""));
    }

    [Theory]
    [InlineData(40_000, false)]
    [InlineData(30_000, true)]
    public void A_tiny_upper_layer_is_warned_of(int availableKib, bool warned)
    {
        using BootShell shell = new();
        shell.Write("proc/meminfo", $"MemAvailable: {availableKib} kB\n");
        shell.Run(Fakes + "losetup() { echo /dev/loop0; }\nmount_root /file\ngrep -q 'mount -t squashfs -o ro /dev/loop0' \"$STATE/calls\"");
        Assert.Equal(warned, File.Exists(shell["run/rpilive/warnings"]));
    }

    [Theory]
    [InlineData("50%", "", "400000 100000")]
    [InlineData("1%", "", "8000 20000")]
    [InlineData("100%", "5000", "800000 5000")]
    [InlineData("256", "", "262144 65536")]
    public void The_upper_layer_takes_its_share_of_what_is_available(string size, string inodes, string expected)
    {
        using BootShell shell = new();
        Assert.Equal(expected, shell.Run($"opt_upper={size} opt_upper_inodes={inodes}\nlimit_upper \"$(memory_kib MemAvailable)\"\nprintf %s \"$upper_kib $upper_inodes\""));
    }

    [Theory]
    [InlineData("auto", "medium", "0 Medium yes")]
    [InlineData("auto", "stop", "1  yes")]
    [InlineData("ram", "medium", "1  yes")]
    [InlineData("medium", "stop", "0 Medium no")]
    public void Too_little_memory_ends_as_the_policy_says_with_the_numbers(string wish, string policy, string expected)
    {
        using BootShell shell = new();
        string output = shell.Run($"opt_lowmemory={policy}\ndecide_root {wish} {700L << 20} {800 << 10} 192\necho \"$? $root_mode $low_memory\"\necho \"$root_reason\"");
        Assert.Equal(expected, output.Split('\n')[0]);
        if (wish != "medium")
            Assert.StartsWith("root 700 MiB and reserve 192 MiB take 892 MiB, but 800 MiB of memory are available, 92 MiB too few", output.Split('\n')[1], StringComparison.Ordinal);
        Assert.Equal(expected[0] == '1', output.Contains("rpilive.root=medium", StringComparison.Ordinal));
    }

    [Fact]
    public void A_good_copy_is_verified_and_the_medium_let_go()
    {
        using BootShell shell = new();
        byte[] squashfs = Squashfs(shell, (5 << 20) + 4097);
        shell.Run(Fakes + "check_squashfs; root_mode=Ram; place_root; [ \"$squashfs_verified\" = true ] && [ \"$squashfs_file\" = \"$STATE/ram/root.squashfs\" ]");
        Assert.Equal(squashfs, File.ReadAllBytes(shell["run/rpilive/ram/root.squashfs"]));
        Assert.Contains("umount medium", File.ReadAllText(shell["run/rpilive/calls"]), StringComparison.Ordinal);
        Assert.Contains("verified: true", shell.Console, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ram", "auto", true)]
    [InlineData("Ram", "yes", true)]
    [InlineData("Ram", "no", false)]
    [InlineData("Medium", "auto", false)]
    [InlineData("Medium", "yes", true)]
    [InlineData("Medium", "no", false)]
    public void A_damaged_root_is_refused_wherever_it_is_checked(string mode, string verify, bool refused)
    {
        using BootShell shell = new();
        byte[] squashfs = Squashfs(shell, 3 << 20);
        squashfs[^1] ^= 1;
        shell.Write("run/rpilive/medium/live/root.squashfs", squashfs);
        (int exitCode, string output) = shell.TryRun(Fakes + $"check_squashfs; root_mode={mode} opt_verify={verify}; place_root; echo \"$squashfs_verified\"");
        Assert.Equal(refused ? BootShell.Stopped : 0, exitCode);
        if (refused)
            Assert.Contains("STOP: live/root.squashfs is damaged: its SHA-256 is", shell.Console, StringComparison.Ordinal);
        else
            Assert.Equal("false\n", output);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1234\n")]
    [InlineData("zzzzc44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  root.squashfs\n")]
    public void Without_a_sound_checksum_file_the_boot_stops(string? content)
    {
        using BootShell shell = new();
        Squashfs(shell, 1 << 20);
        File.Delete(shell["run/rpilive/medium/live/root.squashfs.sha256"]);
        if (content is not null)
            shell.Write("run/rpilive/medium/live/root.squashfs.sha256", content);
        Assert.Equal(BootShell.Stopped, shell.TryRun(Fakes + "check_squashfs; root_mode=Ram; place_root").ExitCode);
        Assert.Contains("live/root.squashfs.sha256 is missing or damaged", shell.Console, StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_error_of_the_medium_stops_the_boot()
    {
        using BootShell shell = new();
        Squashfs(shell, 2 << 20);
        Assert.Equal(BootShell.Stopped, shell.TryRun(Fakes + """
            check_squashfs
            root_mode=Ram
            dd() { case $1 in */medium/*) command dd "$@" count=1; echo "dd: error reading: I/O error" >&2; return 1 ;; esac; command dd "$@"; }
            place_root
            """).ExitCode);
        Assert.Contains("STOP: copying to RAM failed: dd: error reading: I/O error", shell.Console, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "no squashfs file")]
    [InlineData(1 << 20, "cut short: it has 1048576 bytes of 1048577")]
    public void A_file_that_is_no_whole_squashfs_stops_the_boot(int length, string reason)
    {
        using BootShell shell = new();
        byte[] squashfs = new byte[length];
        if (length > 0)
        {
            "hsqs"u8.CopyTo(squashfs);
            BinaryPrimitives.WriteInt64LittleEndian(squashfs.AsSpan(40), length + 1);
        }
        shell.Write("run/rpilive/medium/live/root.squashfs", squashfs);
        Assert.Equal(BootShell.Stopped, shell.TryRun("check_squashfs").ExitCode);
        Assert.Contains(reason, shell.Console, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sum_of_a_growing_file_is_that_of_the_whole_file()
    {
        using BootShell shell = new();
        byte[] content = new byte[(7 << 20) + 12345];
        new Random(3).NextBytes(content);
        shell.Write("source", content);
        string sum = shell.Run(Fakes + $$"""
            src='{{shell["source"]}}'
            {
                for n in 0 1 2 3 4 5 6 7; do dd if="$src" bs=1M skip=$n count=1 2>/dev/null; sleep 0.1; done >"$STATE/grows"
                echo 0 >"$STATE/copy.status"
            } &
            stream_growing "$STATE/grows" {{content.Length}} | sha256sum
            """);
        Assert.StartsWith(Convert.ToHexStringLower(SHA256.HashData(content)), sum, StringComparison.Ordinal);
    }

    [Fact]
    public void The_root_in_RAM_is_never_swapped()
    {
        using BootShell shell = new();
        string script = "mount() { printf '%s\\n' \"$*\"; case $* in *noswap*) return ${no_noswap:-0} ;; esac; }\n";
        Assert.DoesNotContain("ramfs", shell.Run(script + "mount_ram 1048576; cat /dev/null"), StringComparison.Ordinal);
        Assert.Contains("\n-t ramfs", shell.Run(script + "no_noswap=1; mount_ram 1048576"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_parts_call_nothing_but_the_applets_that_the_builder_asks_for()
    {
        Assert.SkipUnless(File.Exists("/bin/dash"), "dash is not installed here.");
        using BootShell shell = new();
        Squashfs(shell, 3 << 20);
        shell.Write("conf", "root=ram\n");
        shell.Write("proc/filesystems", "nodev\toverlay\n\tsquashfs\n\tvfat\n");
        shell.Write("dev/loop-control", "");
        shell.AddBlockDevice("sda", []);
        shell.AddBlockDevice("sda1", [], "sda", 1);
        shell.Write("root/sbin/init", "");
        shell.Run("chmod 755 \"$ROOT/sbin/init\"");
        (int exitCode, string output) = shell.TryRun(["/bin/dash"], Fakes + $$"""
            modprobe() { :; }
            xargs() { cat >/dev/null; }
            losetup() { echo /dev/loop0; }
            sleep() { :; }
            read_options '{{shell["conf"]}}'
            load_modules
            require_kernel
            ! find_medium
            warn_of_twins
            check_squashfs
            decide_root "$opt_root" "$squashfs_bytes" "$(memory_kib MemAvailable)" "$opt_reserve"
            place_root
            mount_root "$squashfs_file"
            medium_name=sda1 lock_medium
            set_clock 1
            set_machine_id
            choose_init "$opt_init"
            warn "$(board_model)"
            write_status
            write_motd
            disarm_watchdog
            rm -r "$ROOT"
            """);
        Assert.DoesNotContain("not found", output, StringComparison.Ordinal);
        Assert.True(exitCode == 0, output + shell.Console);
        Assert.NotNull(System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(shell["run/rpilive/status.json"])));
    }

    private static byte[] Squashfs(BootShell shell, int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        "hsqs"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), length - 10);
        shell.Write("run/rpilive/medium/live/root.squashfs", bytes);
        shell.Write("run/rpilive/medium/live/root.squashfs.sha256", Convert.ToHexStringLower(SHA256.HashData(bytes)) + "  root.squashfs\n");
        return bytes;
    }
}
