using System.Text.Json;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Live;

/// <summary>rpilive status in every state that a live system can be in.</summary>
public sealed class StatusTests
{
    [Theory]
    [InlineData("sh")]
    [InlineData("bash")]
    [InlineData("busybox")]
    public void A_system_that_is_fine_says_so_and_ends_with_0(string shell)
    {
        using LiveShell live = new();
        live.AddZram(true, 40_000_000, 10_000_000);
        live.AddStore("usb", "usb", "Mounted", "mmcblk0", "rw");
        (int exitCode, string output) = live.Run("status --json", Free(900, 900), shell);
        Assert.Equal(0, exitCode);
        using JsonDocument status = JsonDocument.Parse(output);
        JsonElement root = status.RootElement;
        Schemas.Check("rpilive-status", root);
        Assert.Equal("Fine", root.GetProperty("state").GetString());
        Assert.Equal((239075328, true), (root.GetProperty("root").GetProperty("ramBytes").GetInt64(), root.GetProperty("root").GetProperty("verified").GetBoolean()));
        Assert.Equal("""{"sizeKiB":1000,"usedKiB":100,"inodes":1000,"usedInodes":100,"percent":10}""", root.GetProperty("upper").GetRawText());
        Assert.Equal("""{"asked":"50%","active":true,"device":"/dev/zram0","algorithm":"zstd","priority":77,"sizeKiB":500000,"usedKiB":1000,"dataKiB":39062,"compressedKiB":4882,"memoryKiB":9765,"ratio":4.00}""",
            root.GetProperty("zram").GetRawText());
        Assert.Equal("""[{"name":"mmcblk0","isBootMedium":true,"readBytes":4096000,"writtenBytes":0}]""", root.GetProperty("disks").GetRawText());
        Assert.Equal("""{"name":"usb","kind":"Usb","state":"Mounted","reason":"","device":"/dev/mmcblk0","freeKiB":500,"totalKiB":2000}""", root.GetProperty("stores")[0].GetRawText());
    }

    [Fact]
    public void Text_and_the_message_of_the_day_say_the_same()
    {
        using LiveShell live = new();
        live.AddZram(true, 40_000_000, 10_000_000);
        (int exitCode, string output) = live.Run("status", Free(900, 900));
        Assert.Equal(0, exitCode);
        foreach (string part in (string[])["State     Fine\n", "Root      in RAM (228 MiB)", "Changes   100 of 1000 KiB", "zram0, zstd, 38 MiB in 9 MiB of RAM (4.00x)", "Written   0 bytes to mmcblk0"])
            Assert.Contains(part, output, StringComparison.Ordinal);
        Assert.Equal("RpiLive: root in RAM (228 MiB), 10 % of 0 MiB for changes used, zram 0 of 488 MiB (4.00x), card written: 0 bytes\n", live.Run("motd", Free(900, 900)).Output);
    }

    [Theory]
    [InlineData(200, 900, 1, "80 % of its room")]
    [InlineData(900, 200, 1, "80 % of its room")]
    [InlineData(50, 900, 2, "95 % of its room")]
    [InlineData(0, 900, 2, "100 % of its room")]
    [InlineData(201, 201, 0, "")]
    public void A_filling_upper_layer_degrades_and_a_full_one_fails(int freeBlocks, int freeFiles, int expected, string problem)
    {
        using LiveShell live = new();
        (int exitCode, string output) = live.Run("status --json", Free(freeBlocks, freeFiles));
        Assert.Equal(expected, exitCode);
        using JsonDocument status = JsonDocument.Parse(output);
        Schemas.Check("rpilive-status", status.RootElement);
        Assert.Equal(((string[])["Fine", "Degraded", "Failed"])[expected], status.RootElement.GetProperty("state").GetString());
        Assert.Contains(problem, status.RootElement.GetProperty("problems").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(expected != 0, live.Run("motd", Free(freeBlocks, freeFiles)).Output.Contains(": see rpilive status", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("warning", 1, "no \\\"quotes\\\"")]
    [InlineData("written", 1, "the boot medium mmcblk0 was written to (1024 bytes)")]
    [InlineData("written-store", 0, "")]
    [InlineData("swap", 2, "the swap on zram0 is gone")]
    [InlineData("read-only", 2, "store usb: the kernel lets nobody write")]
    [InlineData("stopped", 2, "store usb: the kernel lets nobody write")]
    [InlineData("shut-down", 2, "store usb: the kernel lets nobody write")]
    [InlineData("counted", 2, "store usb: the kernel lets nobody write")]
    [InlineData("not-counted", 0, "")]
    [InlineData("unmounted", 2, "store usb: it is not mounted any more")]
    [InlineData("gone", 2, "store usb: sdz1 is gone")]
    [InlineData("asked-read-only", 0, "")]
    public void What_goes_wrong_is_a_problem_with_its_weight(string what, int expected, string problem)
    {
        using LiveShell live = new();
        switch (what)
        {
            case "warning": live.Write("run/warnings", "store usb: no \"quotes\"\n"); break;
            case "written": live.AddDisk("mmcblk0", 1, 2); break;
            case "written-store":
                live.AddDisk("mmcblk0", 1, 2);
                live.AddStore("card", "partition", "Mounted", "mmcblk0", "rw");
                break;
            case "swap": live.AddZram(false, 0, 0); break;
            case "read-only": live.AddStore("usb", "usb", "Mounted", "mmcblk0", "ro"); break;
            case "stopped": live.AddStore("usb", "usb", "Mounted", "mmcblk0", "rw,errors=remount-ro,emergency_ro"); break;
            case "counted" or "not-counted":
                live.AddStore("usb", "usb", "Mounted", "mmcblk0", "rw,errors=remount-ro");
                live.Write("sys/fs/ext4/mmcblk0/errors_count", what == "counted" ? "3\n" : "0\n");
                break;
            case "shut-down": live.AddStore("usb", "usb", "Mounted", "mmcblk0", "rw,shutdown"); break;
            case "unmounted": live.AddStore("usb", "usb", "Mounted", "mmcblk0", null); break;
            case "gone": live.AddStore("usb", "usb", "Mounted", "sdz1", "rw"); break;
            default: live.AddStore("usb", "usb", "ReadOnly", "mmcblk0", "ro"); break;
        }
        (int exitCode, string output) = live.Run("status --json", Free(900, 900));
        Assert.Equal(expected, exitCode);
        using JsonDocument status = JsonDocument.Parse(output);
        Schemas.Check("rpilive-status", status.RootElement);
        Assert.Contains(problem, status.RootElement.GetProperty("problems").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(expected, live.Run("status", Free(900, 900)).ExitCode);
    }

    [Fact]
    public void Keep_rules_and_steps_of_the_boot_are_told()
    {
        using LiveShell live = new();
        live.Write("run/keep", "Kept:overlay:usb:/var/log:/var/log:\nPristine:bind:usb:/home:/home:the store is missing\nKept:tmpfs::/tmp:/tmp:\n");
        live.Write("run/steps", "modules 101\ncopy 1205\ntotal 1500\n");
        using JsonDocument status = JsonDocument.Parse(live.Run("status --json", Free(900, 900)).Output);
        Schemas.Check("rpilive-status", status.RootElement);
        Assert.Equal("""{"directory":"/home","mode":"Bind","store":"usb","state":"Pristine","reason":"the store is missing"}""", status.RootElement.GetProperty("keep")[1].GetRawText());
        Assert.Equal("""[{"name":"modules","seconds":1.01},{"name":"copy","seconds":12.05},{"name":"total","seconds":15.00}]""", status.RootElement.GetProperty("bootSteps").GetRawText());
    }

    [Theory]
    [InlineData("", 0, "rpilive status [--json]")]
    [InlineData("help", 0, "rpilive diff")]
    [InlineData("status --help", 0, "rpilive diff")]
    [InlineData("version", 0, "1.2.3\n")]
    [InlineData("save", 64, "'save' is not understood")]
    [InlineData("status /home", 64, "'/home' is one too many")]
    [InlineData("diff home", 64, "'home' is not understood")]
    public void The_command_line_is_checked(string arguments, int exitCode, string part)
    {
        using LiveShell live = new();
        (int seen, string output) = live.Run(arguments, Free(900, 900));
        Assert.Equal(exitCode, seen);
        Assert.Contains(part, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Elsewhere_it_says_that_this_is_no_live_system()
    {
        using LiveShell live = new();
        Directory.Delete(live["run/facts"], recursive: true);
        (int exitCode, string output) = live.Run("status --json");
        Assert.Equal(2, exitCode);
        Assert.Contains("no live system", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Flush_needs_root_and_reports_each_store()
    {
        using LiveShell live = new();
        Assert.Equal((2, "rpilive: flush needs root; try: sudo rpilive flush\n"), live.Run("flush", "id() { echo 1000; }"));
        live.AddStore("one", "usb", "Mounted", "mmcblk0", "rw");
        live.AddStore("two", "usb", "Mounted", "sdz1", "rw");
        live.AddStore("three", "usb", "ReadOnly", "mmcblk0", "ro");
        (int exitCode, string output) = live.Run("flush --json", Free(900, 900) + "\nid() { echo 0; }\nsync() { [ \"$1\" = -f ]; }");
        Assert.Equal(2, exitCode);
        using JsonDocument document = JsonDocument.Parse(output);
        Schemas.Check("rpilive-flush", document.RootElement);
        Assert.Equal("""[{"name":"one","flushed":true},{"name":"two","flushed":false}]""", document.RootElement.GetProperty("stores").GetRawText());
    }

    [Fact]
    public void The_guard_warns_once_a_crossing()
    {
        using LiveShell live = new();
        string script = """
            wall() { echo "wall $*" >>"$STATE/walls"; }
            stat() { read -r free <"$STATE/free"; echo "1000 $free 1024 1000 1000"; }
            guard_now=0
            for free in 900 200 190 210 220 300 200 40 60 100 101 40 10 900; do echo "$free" >"$STATE/free"; guard_once; done
            exit
            """;
        string[] lines = live.Run("status", script).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["<4>", "<4>", "<3>", "<3>"], lines.Select(line => line[..3]));
        Assert.Equal(4, File.ReadAllLines(live["run/walls"]).Length);
        Assert.Contains("96 % of its room in RAM (over 95 %)", lines[2], StringComparison.Ordinal);
    }

    /// <summary>An upper layer of 1,000 blocks of 1 KiB and 1,000 files, of which so many are free.</summary>
    private static string Free(int blocks, int files) => $"stat() {{ case $* in *upper) echo '1000 {blocks} 1024 1000 {files}' ;; *) echo '2000 500 1024' ;; esac; }}";
}
