using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Edits;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.RootEdits;

public sealed class FstabEditTests
{
    private const string BootLine = "UUID=AB12-CD34  /boot/firmware  vfat  ro,nofail,noauto,x-systemd.automount,x-systemd.idle-timeout=30s,x-systemd.device-timeout=10s  0  0";

    private const string Generator = "/usr/lib/systemd/system-generators/systemd-fstab-generator";

    [Fact]
    public void The_stock_table_loses_its_root_and_gets_the_boot_volume_read_only()
    {
        TestTree tree = StockRoots.Bookworm();
        (string[] changed, string[] warnings) = Edit.Apply(new FstabEdit(), tree);
        Assert.Equal(["/etc/fstab"], changed);
        Assert.Empty(warnings);
        Assert.Equal(
            $"""
            proc            /proc           proc    defaults          0       0
            # rpilive: PARTUUID=738a4d67-01  /boot/firmware  vfat    defaults          0       2
            {BootLine}
            # rpilive: PARTUUID=738a4d67-02  /               ext4    defaults,noatime  0       1
            # a swapfile is not a swap partition, no line here

            """, tree.Text("/etc/fstab"));
        Assert.Equal((Edit.Now, 0b110_100_100), (tree["/etc/fstab"].ModifiedTime, tree["/etc/fstab"].Permissions));
    }

    [Theory]
    [InlineData("PARTUUID=738a4d67-02 / ext4 defaults 0 1")]
    [InlineData("/dev/root\t/\tauto defaults,x-systemd.growfs 0 1")]
    [InlineData("overlay / overlay defaults")]
    [InlineData("PARTUUID=738A4D67-03 none swap sw 0 0")]
    [InlineData("LABEL=\"rootfs\" none swap sw 0 0")]
    [InlineData("/var/swap none swap sw 0 0")]
    [InlineData("/dev/zram0 none swap pri=100 0 0")]
    public void What_a_live_system_has_not_is_put_out_of_action(string line)
    {
        TestTree tree = new TestTree().File("/etc/fstab", line + "\n");
        Assert.Empty(Edit.Apply(new FstabEdit(), tree).Warnings);
        Assert.Equal($"# rpilive: {line}\n", tree.Text("/etc/fstab"));
    }

    [Theory]
    [InlineData("PARTUUID=738a4d67-03 /data ext4 defaults 0 2")]
    [InlineData("/dev/mmcblk0p3 /data ext4 defaults 0 2")]
    [InlineData("/dev/disk/by-partuuid/738a4d67-05 /data ext4 defaults 0 2")]
    [InlineData("/dev/disk/by-uuid/56f80fa2-e005-4cca-86e6-19da1069914d /data ext4 defaults 0 2")]
    [InlineData("LABEL=bootfs /data vfat rw 0 2")]
    [InlineData("UUID=ab12-cd34 /data vfat rw 0 2")]
    public void A_further_mount_of_the_card_is_put_out_of_action_and_told(string line)
    {
        TestTree tree = new TestTree().File("/etc/fstab", line);
        Assert.Contains("/data", Assert.Single(Edit.Apply(new FstabEdit(), tree).Warnings), StringComparison.Ordinal);
        Assert.Equal($"# rpilive: {line}", tree.Text("/etc/fstab"));
    }

    [Theory]
    [InlineData("# UUID=1 / ext4\n\n   # /dev/mmcblk0p2 / ext4\n")]
    [InlineData("tmpfs /tmp tmpfs defaults,noatime 0 0\nnas:/srv /srv nfs _netdev 0 0\n")]
    [InlineData("UUID=8a3c1e55-0000-4000-8000-000000000000 /mnt/disk ext4 nofail 0 2\n")]
    [InlineData("LABEL=swapdisk none swap sw,nofail 0 0\n")]
    [InlineData("caf\xE9 \xFF broken")]
    [InlineData("")]
    public void Whatever_leads_elsewhere_stays_byte_for_byte(string text)
    {
        TestTree tree = new TestTree().File("/etc/fstab", text);
        (string[] changed, string[] warnings) = Edit.Apply(new FstabEdit(), tree);
        Assert.Empty(changed);
        Assert.Empty(warnings);
    }

    [Fact]
    public void A_foreign_disk_that_can_stop_the_boot_is_told()
    {
        TestTree tree = new TestTree().File("/etc/fstab", "UUID=8a3c1e55-0000-4000-8000-000000000000 /mnt/disk ext4 defaults 0 2\n");
        (string[] changed, string[] warnings) = Edit.Apply(new FstabEdit(), tree);
        Assert.Empty(changed);
        Assert.Contains("without nofail", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_boot_volume_closed_to_users_stays_closed()
    {
        TestTree tree = new TestTree().File("/etc/fstab", "LABEL=system-boot /boot/firmware/ vfat defaults,umask=0077,flush 0 1\r\n");
        Edit.Apply(new FstabEdit(), tree);
        Assert.Equal($"# rpilive: LABEL=system-boot /boot/firmware/ vfat defaults,umask=0077,flush 0 1\r\n{BootLine.Replace("=10s", "=10s,umask=0077", StringComparison.Ordinal)}\n", tree.Text("/etc/fstab"));
    }

    [Fact]
    public void A_boot_partition_of_Linux_file_systems_is_no_boot_volume()
    {
        TestTree tree = new TestTree().File("/etc/fstab", "/dev/mmcblk0p2 /boot ext4 defaults 0 2\n");
        Assert.Single(Edit.Apply(new FstabEdit(), tree).Warnings);
        Assert.DoesNotContain("UUID=AB12", tree.Text("/etc/fstab"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_behind_a_link_is_changed_where_it_lies()
    {
        TestTree tree = new TestTree().File("/usr/share/fstab", "/dev/root / ext4\n").Link("/etc/fstab", "../usr/share/fstab");
        Assert.Equal(["/usr/share/fstab"], Edit.Apply(new FstabEdit(), tree).Changed);
    }

    [Fact]
    public void A_table_too_long_to_edit_is_an_error_not_a_silent_pass()
    {
        TestTree tree = new TestTree().File("/etc/fstab", new string('#', RootEditor.MaxTextLength + 1));
        Assert.Equal(ErrorIds.RootUnusable, Assert.Throws<ImageException>(() => new FstabEdit().Apply(new RootEditor(tree.Root, Edit.Options))).ErrorId);
    }

    [Fact]
    public void Systemd_makes_an_automount_and_no_mount_of_the_table()
    {
        Assert.SkipUnless(File.Exists(Generator), "systemd is not installed here.");
        TestTree tree = StockRoots.Bookworm();
        Edit.Apply(new FstabEdit(), tree);
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["fstab"], tree.Text("/etc/fstab"));
        Directory.CreateDirectory(folder["units"]);
        Tools.Shell($"SYSTEMD_PROC_CMDLINE= SYSTEMD_FSTAB='{folder["fstab"]}' {Generator} '{folder["units"]}' '{folder["units"]}' '{folder["units"]}' 2>&1");
        Assert.Equal(["boot-firmware.automount", "boot-firmware.mount"],
            Directory.GetFiles(folder["units"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("boot-firmware.automount", Directory.GetFileSystemEntries(folder["units/local-fs.target.wants"]).Select(Path.GetFileName));
        Assert.Empty(Directory.GetDirectories(folder["units"], "*.requires"));
        string mount = File.ReadAllText(folder["units/boot-firmware.mount"]);
        Assert.Contains("What=/dev/disk/by-uuid/AB12-CD34", mount, StringComparison.Ordinal);
        Assert.DoesNotContain("fsck", mount, StringComparison.Ordinal);
        Assert.Contains("TimeoutIdleSec=30s", File.ReadAllText(folder["units/boot-firmware.automount"]), StringComparison.Ordinal);
    }
}
