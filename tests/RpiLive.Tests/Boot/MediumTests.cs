using System.Buffers.Binary;
using System.Text;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Boot;

public sealed class MediumTests
{
    /// <summary>A mounted volume is a link to the directory beside its device; each nap is a second of uptime.</summary>
    private const string Fakes = """
        mount_medium() { [ -d "$1.files" ] && cp -r "$1.files" "$STATE/medium"; }
        umount() { rm -r "$1"; }
        nap() { read -r nap_now _ <"$PROC/uptime"; printf '%s.00 0\n' "$((${nap_now%%.*} + 1))" >"$PROC/uptime"; }
        blockdev() { printf '%s %s\n' "$1" "${2##*/}" >>"$STATE/locked"; }

        """;

    [Theory]
    [InlineData(true, "ABCD-1234|bootfs\n")]
    [InlineData(false, "ABCD-1234|bootfs\n")]
    public void Volume_id_and_label_are_read_from_the_boot_sector(bool fat32, string expected)
    {
        using BootShell shell = new();
        shell.AddBlockDevice("sda", BootSector(0xABCD1234, "bootfs", fat32));
        Assert.Equal(expected, shell.Run("read_fat \"$DEV/sda\" && printf '%s|%s\\n' \"$fat_volume\" \"$fat_label\""));
    }

    [Theory]
    [InlineData("16", "2")]
    [InlineData("32", "1")]
    public void Volume_id_and_label_are_read_from_what_mkfs_makes(string bits, string clusterSectors)
    {
        Tools.Require("mkfs.vfat");
        using BootShell shell = new();
        Tools.Run("mkfs.vfat", "-C", "-F", bits, "-s", clusterSectors, "-i", "0a0B00FF", "-n", "KEEP ME", shell["dev/sda1"], "40960");
        Assert.Equal("0A0B-00FF|KEEP ME\n", shell.Run("read_fat \"$DEV/sda1\" && printf '%s|%s\\n' \"$fat_volume\" \"$fat_label\""));
    }

    [Fact]
    public void Devices_without_a_FAT_volume_are_passed_over()
    {
        using BootShell shell = new();
        shell.Write("dev/empty", "");
        shell.Write("dev/zeros", new byte[4096]);
        shell.Write("dev/noise", [.. Enumerable.Range(0, 512).Select(i => (byte)(i * 7))]);
        Assert.Equal("111", shell.Run("for n in empty zeros noise nothing; do read_fat \"$DEV/$n\" || printf 1; done")[..3]);
    }

    [Fact]
    public void The_volume_with_our_id_and_marker_is_found_among_others()
    {
        using BootShell shell = Machine();
        shell.AddBlockDevice("sda1", BootSector(0x11112222), "sda", 1);
        shell.AddBlockDevice("mmcblk0p1", BootSector(0xABCD1234), "mmcblk0", 1);
        Mark(shell, "mmcblk0p1");
        Assert.Equal("mmcblk0p1 bootfs\n", shell.Run(Fakes + "wait_for_medium; echo \"$medium_name $medium_label\""));
        Assert.False(File.Exists(shell["run/rpilive/warnings"]));
    }

    [Fact]
    public void A_volume_with_our_id_but_without_the_root_is_not_taken()
    {
        using BootShell shell = Machine();
        shell.AddBlockDevice("mmcblk0p1", BootSector(0xABCD1234), "mmcblk0", 1);
        Directory.CreateDirectory(shell["dev/mmcblk0p1.files"]);
        shell.AddBlockDevice("sda1", BootSector(0xABCD1234), "sda", 1);
        Mark(shell, "sda1");
        Assert.Equal("sda1\n", shell.Run(Fakes + "wait_for_medium; echo \"$medium_name\""));
        Assert.Contains("mmcblk0p1 has volume id ABCD-1234 but no live/root.squashfs", File.ReadAllText(shell["run/rpilive/warnings"]), StringComparison.Ordinal);
        Assert.Contains("mmcblk0p1 has the same volume id", File.ReadAllText(shell["run/rpilive/warnings"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_volume_is_never_trusted_and_the_wait_ends_with_the_reason()
    {
        using BootShell shell = Machine();
        shell.AddBlockDevice("mmcblk0p1", BootSector(0xABCD1235), "mmcblk0", 1);
        Mark(shell, "mmcblk0p1");
        (int exitCode, _) = shell.TryRun(Fakes + "opt_timeout=7; wait_for_medium");
        Assert.Equal(BootShell.Stopped, exitCode);
        Assert.Contains("rpilive: STOP: no volume ABCD-1234 with live/root.squashfs after 7 s; block devices: mmcblk0p1", shell.Console, StringComparison.Ordinal);
    }

    [Fact]
    public void A_medium_that_shows_up_late_is_waited_for()
    {
        using BootShell shell = Machine();
        shell.AddBlockDevice("late", BootSector(0xABCD1234));
        Mark(shell, "late");
        File.Delete(shell["sys/class/block/late"]);
        string plug = "coldplug() { [ \"$(uptime_seconds)\" -lt 110 ] || ln -s \"$SYS/devices/late\" \"$SYS/class/block/late\"; }\n";
        Assert.Equal("late\n", shell.Run(Fakes + plug + "wait_for_medium; echo \"$medium_name\""));
        Assert.Contains("waiting for the boot medium", shell.Console, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "mmcblk0p1")]
    [InlineData(1, 1, "mmcblk0p1")]
    [InlineData(1, 0, "mmcblk0p1")]
    [InlineData(1, 2, "mmcblk0p2")]
    [InlineData(4, 1, "sda1")]
    [InlineData(6, 1, "nvme0n1p1")]
    [InlineData(2, 1, "mmcblk0p1")]
    public void Among_copies_the_firmware_hint_decides_and_else_the_card(int? bootMode, int? partition, string expected)
    {
        using BootShell shell = Machine();
        foreach ((string disk, string name, int number) in ((string, string, int)[])[
            ("sda", "sda1", 1), ("nvme0n1", "nvme0n1p1", 1), ("mmcblk0", "mmcblk0p1", 1), ("mmcblk0", "mmcblk0p2", 2), ("mmcblk1", "mmcblk1p1", 1)])
        {
            shell.AddBlockDevice(name, BootSector(0xABCD1234), disk, number);
            Mark(shell, name);
        }
        Hint("boot-mode", bootMode);
        Hint("partition", partition);
        Assert.Equal(expected + "\n", shell.Run(Fakes + "wait_for_medium; echo \"$medium_name\""));

        void Hint(string name, int? value)
        {
            byte[] bytes = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value ?? 0);
            if (value is not null)
                shell.Write("proc/device-tree/chosen/bootloader/" + name, bytes);
        }
    }

    [Fact]
    public void Devices_that_can_be_no_medium_are_not_even_read()
    {
        using BootShell shell = new();
        foreach (string name in (string[])["loop0", "ram0", "zram0", "dm-0", "mmcblk0boot0", "mmcblk0rpmb", "sr0", "sda"])
            shell.AddBlockDevice(name, []);
        shell.AddBlockDevice("sdb", []);
        shell.Write("sys/devices/sdb/size", "0\n");
        Assert.Equal("sda\n", shell.Run("candidates"));
    }

    [Fact]
    public void The_medium_is_mounted_read_only_whatever_the_character_set()
    {
        using BootShell shell = new();
        (_, string output) = shell.TryRun("mount() { printf '%s\\n' \"$*\" >&3; return 1; }\nmount_medium /dev/x 3>&1");
        string[] calls = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, calls.Length);
        Assert.All(calls, call => Assert.StartsWith("-t vfat -o ro,nosuid,nodev,noexec,codepage=437,iocharset=", call, StringComparison.Ordinal));
    }

    [Fact]
    public void Locking_takes_the_whole_disk_and_its_partitions_but_no_other()
    {
        using BootShell shell = Machine();
        shell.AddBlockDevice("mmcblk0", []);
        shell.AddBlockDevice("mmcblk0p1", [], "mmcblk0", 1);
        shell.AddBlockDevice("mmcblk0p2", [], "mmcblk0", 2);
        shell.AddBlockDevice("sda", []);
        shell.AddBlockDevice("sda1", [], "sda", 1);
        shell.Run(Fakes + "medium_name=mmcblk0p1; lock_medium");
        Assert.Equal(["--setro mmcblk0", "--setro mmcblk0p1", "--setro mmcblk0p2"], File.ReadAllLines(shell["run/rpilive/locked"]));
    }

    private static BootShell Machine()
    {
        BootShell shell = new();
        File.CreateSymbolicLink(shell["bin/cp"], BootShell.BusyBoxPath);
        return shell;
    }

    private static void Mark(BootShell shell, string device) => shell.Write($"dev/{device}.files/live/root.squashfs", "hsqs");

    private static byte[] BootSector(uint volumeId, string label = "bootfs", bool fat32 = true)
    {
        byte[] sector = new byte[1024];
        int offset = fat32 ? 67 : 39;
        BinaryPrimitives.WriteUInt32LittleEndian(sector.AsSpan(offset), volumeId);
        Encoding.ASCII.GetBytes(label.PadRight(11)).CopyTo(sector, offset + 4);
        Encoding.ASCII.GetBytes(fat32 ? "FAT32   " : "FAT16   ").CopyTo(sector, offset + 15);
        sector[510] = 0x55;
        sector[511] = 0xAA;
        return sector;
    }
}
