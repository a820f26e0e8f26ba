using System.Text.Json;
using RpiLive.BootTests.Harness;

namespace RpiLive.BootTests;

/// <summary>One board, booted twice: a boot takes minutes under emulation, so all tests look at the same two.</summary>
public sealed class Pi3Boots : Boots
{
    internal string SystemState { get; private set; } = "";

    internal string FailedUnits { get; private set; } = "";

    internal string Mounts { get; private set; } = "";

    internal string Status { get; private set; } = "";

    internal string KernelWords { get; private set; } = "";

    internal int SectorsReadFromCardByReadingTheRoot { get; private set; }

    internal string NamesOfCardDevices { get; private set; } = "";

    internal CommandResult LeftAfterReboot { get; private set; } = new(-1, "");

    internal string MachineIdLength { get; private set; } = "";

    internal IReadOnlyList<WrittenRange> Written { get; private set; } = [];

    internal string ShaBefore { get; private set; } = "";

    internal string ShaAfter { get; private set; } = "";

    /// <inheritdoc/>
    private protected override async Task RunAsync(string image, CancellationToken cancel)
    {
        ShaBefore = await LiveImage.Sha256Async(image, cancel);
        Guest guest = await StartAsync(new GuestOptions(image, Machine.Pi3) { Name = "pi3" }, cancel);
        await guest.LoginAsync(cancel);
        SystemState = await guest.WaitForSystemAsync(cancel);
        FailedUnits = (await guest.OutputOfAsync("systemctl --failed --no-legend --plain", cancel)).Trim();
        Mounts = await guest.OutputOfAsync("cat /proc/mounts", cancel);
        Status = await guest.OutputOfAsync("cat /run/rpilive/status.json", cancel);
        KernelWords = await guest.OutputOfAsync("cat /proc/cmdline", cancel);
        MachineIdLength = (await guest.OutputOfAsync("tr -d '\\n' </etc/machine-id | wc -c", cancel)).Trim();
        NamesOfCardDevices = await guest.OutputOfAsync("ls /sys/class/block", cancel);
        // Nothing of the root may come from the card any more: not even what no cache holds.
        SectorsReadFromCardByReadingTheRoot = int.Parse(
            await guest.OutputOfAsync(
                """
                read_sectors() { awk '$3 == "mmcblk0" { print $6 }' /proc/diskstats; }
                sync; echo 3 >/proc/sys/vm/drop_caches
                before=$(read_sectors)
                find /usr/lib -xdev -type f -size +100k | head -n 60 | xargs cat >/dev/null
                echo $(($(read_sectors) - before))
                """, cancel),
            System.Globalization.CultureInfo.InvariantCulture);
        await guest.OutputOfAsync(
            """
            set -e
            for d in / /etc /var /home /boot; do echo kept >"$d/rpilive-test"; done
            mkdir /srv/rpilive-test
            rm /etc/rpi-issue
            dd if=/dev/urandom of=/var/tmp/large bs=1M count=20 2>/dev/null
            sync
            """, cancel);
        await guest.ShutDownAsync(cancel);
        // The root as the second boot finds it; a whole system would start as the first did.
        await guest.PowerOnAsync(cancel, "init=/bin/bash");
        await guest.ShellAsync(cancel);
        LeftAfterReboot = await guest.RunAsync(
            "ls -d /rpilive-test /etc/rpilive-test /var/rpilive-test /home/rpilive-test /boot/rpilive-test /srv/rpilive-test "
            + "/var/tmp/large 2>/dev/null; test -s /etc/rpi-issue", cancel);
        guest.PowerCut();
        Written = await guest.WrittenAsync(cancel);
        ShaAfter = await LiveImage.Sha256Async(image, cancel);
    }
}

/// <summary>The live image on the board it is for: a Pi 3 with an SD card.</summary>
[Collection(Alone.Name)]
public sealed class Pi3Tests(Pi3Boots boots) : IClassFixture<Pi3Boots>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reaches_multi_user_with_no_failed_unit()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal("", boots.FailedUnits);
        Assert.Equal("running", boots.SystemState);
    }

    [Fact]
    public async Task Root_is_an_overlay_over_a_squashfs()
    {
        await boots.RunOnceAsync(Cancel);
        string[][] mounts = [.. boots.Mounts.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
        string[] root = Assert.Single(mounts, mount => mount[1] == "/");
        Assert.Equal("overlay", root[2]);
        Assert.Contains("lowerdir=", root[3], StringComparison.Ordinal);
        Assert.Contains(mounts, mount => mount[2] == "squashfs" && mount[3].Split(',').Contains("ro"));
    }

    [Fact]
    public async Task Root_is_read_from_memory_alone()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Contains("mmcblk0p1", boots.NamesOfCardDevices, StringComparison.Ordinal);
        Assert.Equal(0, boots.SectorsReadFromCardByReadingTheRoot);
    }

    [Fact]
    public async Task Card_is_mounted_nowhere_for_writing()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.DoesNotContain(
            boots.Mounts.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')),
            mount => mount[0].StartsWith("/dev/mmcblk", StringComparison.Ordinal) && !mount[3].Split(',').Contains("ro"));
    }

    [Fact]
    public async Task Status_says_that_the_root_is_in_memory()
    {
        await boots.RunOnceAsync(Cancel);
        using JsonDocument status = JsonDocument.Parse(boots.Status);
        Assert.Equal("Ram", status.RootElement.GetProperty("rootMode").GetString());
        Assert.True(status.RootElement.GetProperty("squashfs").GetProperty("bytes").GetInt64() > 0);
        Assert.Matches("^[0-9a-f]{64}$", status.RootElement.GetProperty("squashfs").GetProperty("sha256").GetString());
        Assert.Equal("", string.Join("; ", status.RootElement.GetProperty("warnings").EnumerateArray()));
    }

    [Fact]
    public async Task Kernel_gets_no_words_of_the_stock_root()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.DoesNotMatch(@"(^| )(root|init|resize|fsck\.\w+|rootfstype)(=|$| )", boots.KernelWords);
    }

    [Fact]
    public async Task Machine_id_is_set()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal("32", boots.MachineIdLength);
    }

    [Fact]
    public async Task Nothing_written_is_left_after_a_reboot()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Equal(new CommandResult(0, ""), boots.LeftAfterReboot);
    }

    [Fact]
    public async Task Card_is_never_written()
    {
        await boots.RunOnceAsync(Cancel);
        Assert.Empty(boots.Written);
        Assert.Equal(boots.ShaBefore, boots.ShaAfter);
    }
}
