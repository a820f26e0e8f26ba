using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Boot;

/// <summary>Finding, checking and refusing stores on disks that are files; e2fsck and mke2fs are the host's own, mounts are not made.</summary>
public sealed class StoresTests
{
    /// <summary>Each nap is a second of uptime. A mounted store is a directory.</summary>
    private const string Fakes = """
        nap() { read -r nap_now _ <"$PROC/uptime"; printf '%s.00 0\n' "$((${nap_now%%.*} + 1))" >"$PROC/uptime"; on_nap "${nap_now%%.*}"; }
        on_nap() { :; }
        coldplug() { :; }
        mount() { printf 'mount %s\n' "$*" >>"$STATE/calls"; }
        umount() { printf 'umount %s\n' "$*" >>"$STATE/calls"; }
        blockdev() { printf '%s %s\n' "$1" "${2##*/}" >>"$STATE/calls"; }
        sync() { :; }
        medium_name=mmcblk0p1 root_mode=Ram

        """;

    [Fact]
    public void A_stick_is_found_by_its_label_and_its_id_with_and_without_blkid()
    {
        foreach (bool hasBlkid in (bool[])[true, false])
        {
            using BootShell shell = Machine(hasBlkid ? ["e2fsck", "blkid"] : ["e2fsck"]);
            Ext4(shell, "sda1", "sda", "KEEP ME", "0123abcd-0000-4000-8000-00000000beef");
            Fat(shell, "sdb", "STICK", "1234ABCD");
            Settings(shell, "store.a=usb\nstore.a.label=KEEP ME\nstore.b=usb\nstore.b.uuid=1234-abcd\nstore.c=usb\nstore.c.uuid=0123ABCD-0000-4000-8000-00000000BEEF\n");
            shell.Run(Read(shell) + "wait_for_stores; for n in a b c; do store_get $n device; d=$store_value; store_get $n type; echo \"$n $d $store_value\"; done >\"$STATE/found\"");
            Assert.Equal("a sda1 ext4\nb sdb vfat\nc sda1 ext4\n", File.ReadAllText(shell["run/rpilive/found"]));
        }
    }

    [Fact]
    public void A_label_that_Windows_gave_is_found()
    {
        Tools.Require("mlabel");
        using BootShell shell = Machine(["e2fsck", "blkid"]);
        Fat(shell, "sdb", "OLD", "1234ABCD");
        Tools.Shell($"MTOOLSRC=/dev/null mlabel -i '{shell["dev/sdb"]}' ::NEW && printf 'OLD        ' | dd of='{shell["dev/sdb"]}' bs=1 seek=71 conv=notrunc 2>/dev/null");
        Settings(shell, "store.a=usb\nstore.a.label=NEW\n");
        Assert.Equal("sdb", shell.Run(Read(shell) + "wait_for_stores; store_get a device; printf %s \"$store_value\""));
    }

    [Fact]
    public void Volumes_of_the_boot_disk_and_disks_with_partitions_are_no_sticks()
    {
        using BootShell shell = Machine(["e2fsck"]);
        Ext4(shell, "mmcblk0p3", "mmcblk0", "KEEP");
        Ext4(shell, "sda", null, "KEEP");
        shell.AddBlockDevice("sda1", new byte[4096], "sda", 1);
        Settings(shell, "store.a=usb\nstore.a.label=KEEP\nstore.a.timeout=2\nkeep=bind a /srv\n");
        shell.Run(Read(shell) + "open_stores");
        Assert.Equal("Missing", State(shell, "a"));
        Assert.Contains("store a: a volume with the label 'KEEP' did not appear in", Warnings(shell), StringComparison.Ordinal);
        Assert.Contains("LOST at the next restart: /srv", Warnings(shell), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stick_that_comes_late_is_waited_for()
    {
        using BootShell shell = Machine(["e2fsck"]);
        Ext4(shell, "sda1", "sda", "KEEP");
        shell.Write("sys/devices/sda/sda1/size", "0\n");
        Settings(shell, "store.a=usb\nstore.a.label=KEEP\nstore.a.onmissing=wait\nstore.a.timeout=1\n");
        shell.Run(Read(shell) + $"on_nap() {{ [ \"$1\" -lt 200 ] || echo 8192 >'{shell["sys/devices/sda/sda1/size"]}'; }}\nwait_for_stores");
        Assert.InRange(int.Parse(Property(shell, "a", "waited"), System.Globalization.CultureInfo.InvariantCulture), 95, 110);
        Assert.Equal(4, shell.Console.Split("waiting for store a: a volume with the label 'KEEP'").Length - 1);
    }

    [Theory]
    [InlineData("pristine", 0)]
    [InlineData("stop", BootShell.Stopped)]
    public void Two_sticks_with_the_same_label_are_none(string policy, int exitCode)
    {
        using BootShell shell = Machine(["e2fsck"]);
        Ext4(shell, "sda", null, "KEEP");
        Ext4(shell, "sdb", null, "KEEP");
        Settings(shell, $"store.a=usb\nstore.a.label=KEEP\nstore.a.timeout=3\nstore.a.onmissing={policy}\n");
        Assert.Equal(exitCode, shell.TryRun(Read(shell) + "open_stores").ExitCode);
        Assert.Equal("Ambiguous", State(shell, "a"));
        Assert.Contains("is there 2 times: sda sdb", shell.Console, StringComparison.Ordinal);
    }

    [Fact]
    public void A_good_store_is_checked_mounted_and_marked()
    {
        using BootShell shell = Machine(["e2fsck"]);
        Ext4(shell, "sda", null, "KEEP");
        Settings(shell, "store.a=usb\nstore.a.label=KEEP\nstore.a.flush=60\n");
        shell.Run(Read(shell) + "open_stores");
        Assert.Equal("Mounted", State(shell, "a"));
        Assert.Equal("Clean", Property(shell, "a", "fsck"));
        Assert.Equal($"mount -t ext4 -o rw,noatime,errors=remount-ro,dioread_lock,commit=60 {shell["dev/sda"]} {shell["run/rpilive/stores/a"]}\n", File.ReadAllText(shell["run/rpilive/calls"]));
        Assert.Equal("1\n", File.ReadAllText(shell["run/rpilive/stores/a/rpilive/format"]));
    }

    [Theory]
    [InlineData(true, "e2fsck -p cannot repair it")]
    [InlineData(false, "was not unmounted cleanly, and cannot be checked here")]
    public void A_store_that_cannot_be_repaired_is_left_alone(bool hasE2fsck, string reason)
    {
        using BootShell shell = Machine(hasE2fsck ? ["e2fsck"] : []);
        Ext4(shell, "sda", null, "KEEP");
        using (FileStream disk = File.Open(shell["dev/sda"], FileMode.Open))
        {
            // Marked as faulty; and an inode table that makes no sense.
            disk.Position = 1082;
            disk.Write([2, 0]);
            disk.Position = 4096 * 40;
            disk.Write(Enumerable.Repeat((byte)0xA5, 4096 * 200).ToArray());
        }
        Settings(shell, "store.a=usb\nstore.a.label=KEEP\nkeep=bind a /srv\n");
        shell.Run(Read(shell) + "open_stores");
        Assert.Equal("Unusable", State(shell, "a"));
        Assert.Contains(reason, Warnings(shell), StringComparison.Ordinal);
        Assert.False(File.Exists(shell["run/rpilive/calls"]));
    }

    [Theory]
    [InlineData("pristine", 0, "ReadOnly")]
    [InlineData("stop", BootShell.Stopped, "Unusable")]
    [InlineData("wait", BootShell.Stopped, "Unusable")]
    public void A_write_protected_stick_is_read_only_or_none(string policy, int exitCode, string state)
    {
        using BootShell shell = Machine(["e2fsck"]);
        Ext4(shell, "sda", null, "KEEP");
        shell.Write("sys/devices/sda/ro", "1\n");
        Settings(shell, $"store.a=usb\nstore.a.label=KEEP\nstore.a.onmissing={policy}\n");
        Assert.Equal(exitCode, shell.TryRun(Read(shell) + "open_stores").ExitCode);
        Assert.Equal(state, State(shell, "a"));
        if (exitCode == 0)
            Assert.Contains("mount -t ext4 -o ro,noload ", File.ReadAllText(shell["run/rpilive/calls"]), StringComparison.Ordinal);
        Assert.Contains("sda is write-protected", shell.Console, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_of_a_later_version_is_not_touched()
    {
        using BootShell shell = Machine(["e2fsck"]);
        Ext4(shell, "sda", null, "KEEP");
        shell.Write("run/rpilive/stores/a/rpilive/format", "2\n");
        Settings(shell, "store.a=usb\nstore.a.label=KEEP\n");
        shell.Run(Read(shell) + "open_stores");
        Assert.Equal("Unusable", State(shell, "a"));
        Assert.Contains("made by a later version (format '2')", Warnings(shell), StringComparison.Ordinal);
    }

    [Fact]
    public void The_container_takes_what_fits_and_is_a_sound_file_system()
    {
        Tools.Require("mke2fs", "e2fsck");
        using BootShell shell = Machine(["e2fsck", "mke2fs"]);
        Directory.CreateDirectory(shell["volume"]);
        Settings(shell, "store.a=usb\nstore.a.size=16\n");
        shell.Run(Read(shell) + $"store_writable=yes; make_container a '{shell["volume"]}' vfat");
        Assert.Equal(["rpilive-keep.img"], Directory.GetFiles(shell["volume"]).Select(Path.GetFileName));
        Assert.Equal(16 << 20, new FileInfo(shell["volume/rpilive-keep.img"]).Length);
        Tools.Run("e2fsck", "-fn", shell["volume/rpilive-keep.img"]);
        Assert.Equal("950 4095 4096", shell.Run(Read(shell) + """
            space_kib() { echo $((free * 1024)); }
            printf '%s ' "$(free=1000; store_set a size 1024; container_mib a x vfat)"
            printf '%s ' "$(free=9000; store_set a size 8000; container_mib a x vfat)"
            printf '%s' "$(free=9000; store_set a size 4096; container_mib a x exfat)"
            """));
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(1 << 22, true)]
    [InlineData(2048, false)]
    public void The_store_partition_is_made_to_fill_the_card(int moreSectors, bool grows)
    {
        using BootShell shell = Machine([]);
        byte[] table = new byte[1024];
        new Random(1).NextBytes(table);
        table.AsSpan(446, 64).Clear();
        Entry(table, 0, 0x0C, 16384, 100_000);
        Entry(table, 1, 0x83, 116_736, 204_800);
        table[510] = 0x55;
        table[511] = 0xAA;
        shell.Write("dev/mmcblk0", table);
        shell.Write("sys/devices/mmcblk0/size", 116_736 + 204_800 + moreSectors + "\n");
        shell.Run(Fakes + "grow_partition mmcblk0 mmcblk0p2");
        byte[] after = File.ReadAllBytes(shell["dev/mmcblk0"]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(after.AsSpan(474));
        Assert.Equal(grows ? 204_800u + (uint)moreSectors : 204_800u, length);
        byte[] expected = [.. table];
        if (grows)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(expected.AsSpan(474), length);
            (expected[467], expected[468], expected[469]) = (0xFE, 0xFF, 0xFF);
        }
        Assert.Equal(expected, after);
        Assert.Equal(grows, File.Exists(shell["run/rpilive/calls"]));

        // A partition behind it, or a table that is no table, is left alone.
        Entry(table, 2, 0x83, 400_000, 10);
        shell.Write("dev/mmcblk0", table);
        shell.Run(Fakes + "grow_partition mmcblk0 mmcblk0p2");
        Assert.Equal(table, File.ReadAllBytes(shell["dev/mmcblk0"]));
    }

    [Fact]
    public void Only_the_partition_of_the_store_is_unlocked()
    {
        using BootShell shell = Machine(["e2fsck"]);
        Ext4(shell, "mmcblk0p2", "mmcblk0", "RPILIVE");
        byte[] table = new byte[512];
        table[466] = 0x83;
        shell.Write("dev/mmcblk0", table);
        Settings(shell, "store.card=partition\n");
        shell.Run(Read(shell) + "open_stores");
        Assert.Equal("Mounted", State(shell, "card"));
        Assert.StartsWith("--setrw mmcblk0\n--setrw mmcblk0p2\nmount -t ext4 -o rw,", File.ReadAllText(shell["run/rpilive/calls"]), StringComparison.Ordinal);

        table[466] = 0x07;
        shell.Write("dev/mmcblk0", table);
        File.Delete(shell["run/rpilive/calls"]);
        shell.Run(Read(shell) + "open_stores");
        Assert.Equal("Missing", State(shell, "card"));
        Assert.False(File.Exists(shell["run/rpilive/calls"]));
    }

    [Fact]
    public void When_persistence_is_off_no_store_is_looked_at()
    {
        using BootShell shell = Machine(["e2fsck"]);
        Ext4(shell, "sda", null, "KEEP");
        Settings(shell, "store.a=usb\nstore.a.label=KEEP\nkeep=overlay a /var/log\npersistence=off\n");
        Directory.CreateDirectory(shell["run/rpilive/lower/var/log"]);
        shell.Run(Read(shell) + $"look_at_medium '{shell["none"]}'; open_stores; read_persistence_confs; judge_rules; keep_rules; json_stores >\"$STATE/s\"; json_rules >\"$STATE/k\"");
        Assert.False(File.Exists(shell["run/rpilive/calls"]));
        using JsonDocument store = JsonDocument.Parse(File.ReadAllText(shell["run/rpilive/s"]));
        Assert.Equal("Off", store.RootElement.GetProperty("state").GetString());
        using JsonDocument rule = JsonDocument.Parse(File.ReadAllText(shell["run/rpilive/k"]));
        Assert.Equal(("/var/log", "Overlay", "a", "Pristine"), (rule.RootElement.GetProperty("directory").GetString(), rule.RootElement.GetProperty("mode").GetString(),
            rule.RootElement.GetProperty("store").GetString(), rule.RootElement.GetProperty("state").GetString()));
        Assert.Contains("persistence is off", Warnings(shell), StringComparison.Ordinal);
    }

    private static BootShell Machine(string[] tools)
    {
        Tools.Require(tools);
        BootShell shell = new();
        foreach (string tool in tools)
            File.CreateSymbolicLink(shell["tools/" + tool], Tools.Run("sh", "-c", $"PATH=$PATH:/usr/sbin:/sbin command -v {tool}").Trim());
        shell.AddBlockDevice("mmcblk0", new byte[512]);
        shell.AddBlockDevice("mmcblk0p1", new byte[512], "mmcblk0", 1);
        return shell;
    }

    private static void Settings(BootShell shell, string text) => shell.Write("conf", text);

    private static string Read(BootShell shell) => Fakes + $"read_options '{shell["conf"]}'\n";

    private static void Ext4(BootShell shell, string name, string? disk, string label, string uuid = "00000000-0000-4000-8000-000000000001")
    {
        Tools.Require("mke2fs");
        if (disk is not null && !Directory.Exists(shell["sys/devices/" + disk]))
            shell.AddBlockDevice(disk, new byte[512]);
        shell.AddBlockDevice(name, new byte[8 << 20], disk, 2 + (name[^1] - '2'));
        Tools.Run("mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-L", label, "-U", uuid, shell["dev/" + name]);
    }

    private static void Fat(BootShell shell, string name, string label, string id)
    {
        Tools.Require("mkfs.vfat");
        shell.AddBlockDevice(name, []);
        File.Delete(shell["dev/" + name]);
        Tools.Run("mkfs.vfat", "-C", "-F", "32", "-s", "1", "-n", label, "-i", id, shell["dev/" + name], "40960");
    }

    private static void Entry(byte[] table, int index, byte type, uint start, uint length)
    {
        Span<byte> entry = table.AsSpan(446 + 16 * index, 16);
        entry[4] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], length);
    }

    private static string State(BootShell shell, string store) => Property(shell, store, "state");

    private static string Property(BootShell shell, string store, string name) => File.ReadAllText(shell[$"run/rpilive/conf/stores/{store}/{name}"], Encoding.UTF8).TrimEnd('\n');

    private static string Warnings(BootShell shell) => File.ReadAllText(shell["run/rpilive/warnings"]);
}
