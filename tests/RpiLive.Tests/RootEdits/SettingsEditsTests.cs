using System.Text;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.RootEdits;

public sealed class SettingsEditsTests
{
    private static readonly string s_swapFile = new string('\0', 4096 - 10) + "SWAPSPACE2" + new string('\0', 100);

    [Fact]
    public void Swap_files_are_removed_where_they_are_declared_or_usual_and_have_the_signature()
    {
        TestTree tree = new TestTree()
            .File("/etc/fstab", "/opt/extra.swap none swap sw 0 0\n/etc/passwd none swap sw 0 0\n")
            .File("/etc/dphys-swapfile", "#CONF_SWAPFILE=/x\nCONF_SWAPFILE=\"/srv/swap\"\n").File("/etc/passwd", "root:x:0:0\n")
            .File("/srv/swap", new string('\0', 16384 - 10) + "SWAPSPACE2").File("/opt/extra.swap", s_swapFile).File("/var/swap", s_swapFile)
            .File("/swapfile", "notes about swap").File("/home/pi/disk.img", s_swapFile);
        Assert.Equal(["/opt/extra.swap", "/srv/swap", "/var/swap"], Edit.Apply(new SwapEdit(), tree).Changed);
    }

    [Fact]
    public void Every_service_of_swap_is_silenced()
    {
        TestTree tree = new TestTree().Files("/lib/systemd/system/zramswap.service", "/etc/init.d/dphys-swapfile").Folder("/etc/systemd/system")
            .Program("/lib/systemd/system-generators/zram-generator").File("/etc/rpi/swap.conf").File("/etc/rpi/swap.conf.d/95-admin.conf", "[Main]\nMechanism=swapfile\n");
        Assert.Equal(
            [
                "/etc/rpi/swap.conf.d/zz-rpilive.conf", "/etc/systemd/system-generators", "/etc/systemd/system-generators/zram-generator",
                "/etc/systemd/system/dphys-swapfile.service", "/etc/systemd/system/zramswap.service",
            ], Edit.Apply(new SwapEdit(), tree).Changed);
        Assert.Contains("[Main]\nMechanism=none\n", tree.Text("/etc/rpi/swap.conf.d/zz-rpilive.conf"), StringComparison.Ordinal);
        Assert.Equal("/dev/null", tree.Target("/etc/systemd/system-generators/zram-generator"));
    }

    [Theory]
    [InlineData("/usr/lib/systemd/system/zramswap.service")]
    [InlineData("/etc/systemd/system/zram-swap.service")]
    [InlineData("/usr/lib/systemd/system/zram-config.service")]
    [InlineData("/etc/systemd/system/zram-config.service")]
    [InlineData("/etc/systemd/system/zram-swap-config.service")]
    [InlineData("/etc/systemd/system/zram.service")]
    [InlineData("/etc/init.d/zram")]
    [InlineData("/etc/systemd/system/zsync.service")]
    [InlineData("/etc/systemd/system/zsync.timer")]
    [InlineData("/lib/systemd/system/armbian-zram-config.service")]
    [InlineData("/usr/lib/systemd/system/systemd-zram-setup@.service")]
    [InlineData("/usr/lib/systemd/system/swap-create@.service")]
    [InlineData("/usr/lib/systemd/system/udisks2-zram-setup@.service")]
    [InlineData("/usr/lib/systemd/system/rpi-zram-writeback.service")]
    [InlineData("/usr/lib/systemd/system/rpi-zram-writeback.timer")]
    public void Each_owner_of_zram_is_masked(string unit)
    {
        TestTree tree = new TestTree().File(unit, "[Unit]\n").Folder("/etc/systemd/system").Files("/usr/lib/systemd/system/zramctl.service");
        string mask = "/etc/systemd/system/" + Path.GetFileName(unit) + (Path.HasExtension(unit) ? "" : ".service");
        Assert.Equal([mask], Edit.Apply(new SwapEdit(), tree).Changed);
        Assert.Equal("/dev/null", tree.Target(mask));
    }

    [Theory]
    [InlineData("What=/dev/zram0", true)]
    [InlineData("What = /dev/zram0", true)]
    [InlineData("What=/var/swap.img", true)]
    [InlineData("What=/dev/disk/by-partuuid/738a4d67-03", true)]
    [InlineData("What=/dev/mmcblk0p3", true)]
    [InlineData("What=/dev/disk/by-label/USBSWAP", false)]
    [InlineData("What=/dev/sda2", false)]
    [InlineData("Priority=1", false)]
    public void A_unit_of_swap_on_zram_in_the_root_or_on_the_card_is_masked(string line, bool masked)
    {
        TestTree tree = new TestTree().File("/usr/lib/systemd/system/own.swap", $"[Swap]\n{line}\n").Folder("/etc/systemd/system").Folder("/etc/systemd/system/dir.swap");
        Assert.Equal(masked ? ["/etc/systemd/system/own.swap"] : [], Edit.Apply(new SwapEdit(), tree).Changed);
    }

    [Fact]
    public void Rules_that_make_swap_of_zram_are_out_of_action_and_others_stay()
    {
        TestTree tree = new TestTree()
            .File("/etc/udev/rules.d/98-dietpi-zram-swap.rules", """
                # swap
                SUBSYSTEM=="block", KERNEL=="zram0", ACTION=="add", ATTR{disksize}=="0", ATTR{disksize}="512M", RUN+="/sbin/mkswap /dev/zram0", RUN+="/sbin/swapon /dev/zram0"
                KERNEL=="sda", RUN+="/sbin/swapon /dev/sda"
                KERNEL=="zram1", \
                  ATTR{initstate}=="0", \
                  ATTR{disksize}="64M"
                KERNEL=="zram[0-9]", ATTR{disksize}=="0", SYMLINK+="empty"
                """)
            .File("/etc/udev/rules.d/README", "KERNEL==\"zram0\", RUN+=\"/sbin/swapon\"")
            .File("/etc/udev/rules.d/99-comment.rules", "# \\\nKERNEL==\"zram2\", ATTR{disksize}=\"1G\"\n#KERNEL==\"zram0\", ATTR{disksize}=\"1G\"\n")
            .File("/usr/lib/udev/rules.d/60-block.rules", "KERNEL==\"zram0\", RUN+=\"/sbin/swapon\"")
            .Link("/etc/udev/rules.d/80-none.rules", "/dev/null");
        Assert.Equal(["/etc/udev/rules.d/98-dietpi-zram-swap.rules", "/etc/udev/rules.d/99-comment.rules"], Edit.Apply(new SwapEdit(), tree).Changed);
        Assert.Equal("""
            # swap
            # rpilive: SUBSYSTEM=="block", KERNEL=="zram0", ACTION=="add", ATTR{disksize}=="0", ATTR{disksize}="512M", RUN+="/sbin/mkswap /dev/zram0", RUN+="/sbin/swapon /dev/zram0"
            KERNEL=="sda", RUN+="/sbin/swapon /dev/sda"
            # rpilive: KERNEL=="zram1", \
            # rpilive:   ATTR{initstate}=="0", \
            # rpilive:   ATTR{disksize}="64M"
            KERNEL=="zram[0-9]", ATTR{disksize}=="0", SYMLINK+="empty"
            """, tree.Text("/etc/udev/rules.d/98-dietpi-zram-swap.rules"));
        Assert.Equal("# \\\n# rpilive: KERNEL==\"zram2\", ATTR{disksize}=\"1G\"\n#KERNEL==\"zram0\", ATTR{disksize}=\"1G\"\n", tree.Text("/etc/udev/rules.d/99-comment.rules"));
    }

    [Fact]
    public void The_script_of_rpi_zram_is_no_longer_started_and_the_rest_of_the_script_works()
    {
        Tools.Require("sh");
        const string Before = "#!/bin/sh -e\n# /usr/bin/zram.sh &\nif true; then\n\t/usr/bin/zram.sh &\nfi\nsudo bash /home/pi/zram.sh start\necho my-zram.shine\necho done\nexit 0\n";
        TestTree tree = new TestTree().File("/etc/rc.local", Before, 0b111_101_101);
        Assert.Equal(["/etc/rc.local"], Edit.Apply(new SwapEdit(), tree).Changed);
        Assert.Equal(Before.Replace("\n\t/usr", "\n: # rpilive: \t/usr", StringComparison.Ordinal).Replace("\nsudo", "\n: # rpilive: sudo", StringComparison.Ordinal), tree.Text("/etc/rc.local"));
        Assert.Equal(0b111_101_101, tree["/etc/rc.local"].Permissions);
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["rc.local"], tree.Text("/etc/rc.local"));
        Assert.Equal("my-zram.shine\ndone\n", Tools.Run("sh", "-e", folder["rc.local"]));
        Assert.Empty(Edit.Apply(new SwapEdit(), new TestTree().File("/etc/rc.local", "#!/bin/sh\nexit 0\n")).Changed);
    }

    [Theory]
    [InlineData("ZL2R=true", "ZL2R=false")]
    [InlineData("ZL2R=\"true\"", "ZL2R=false")]
    [InlineData("  ZL2R='true' # zram", "ZL2R=false # zram")]
    [InlineData("ZL2R=false\nZL2R=true", "ZL2R=false\nZL2R=false")]
    [InlineData("ZL2R=false", "ZL2R=false")]
    [InlineData("# ZL2R=true", "# ZL2R=true")]
    public void Log2ram_goes_on_without_a_zram_of_its_own(string before, string after)
    {
        TestTree tree = new TestTree().File("/etc/log2ram.conf", $"SIZE=40M\n{before}\nCOMP_ALG=lz4\n").Files("/etc/systemd/system/log2ram.service");
        Assert.Equal(before == after ? [] : ["/etc/log2ram.conf"], Edit.Apply(new SwapEdit(), tree).Changed);
        Assert.Equal($"SIZE=40M\n{after}\nCOMP_ALG=lz4\n", tree.Text("/etc/log2ram.conf"));
    }

    [Fact]
    public void Other_owners_of_zram_are_silenced_and_log2ram_goes_on_without_its_own()
    {
        TestTree tree = new TestTree().Files("/etc/systemd/system/zram-config.service", "/lib/systemd/system/armbian-zram-config.service").File("/etc/log2ram.conf", "SIZE=128M\nZL2R=true\nCOMP_ALG=lz4\n");
        Assert.Equal(
            ["/etc/log2ram.conf", "/etc/systemd/system/armbian-zram-config.service", "/etc/systemd/system/zram-config.service"], Edit.Apply(new SwapEdit(), tree).Changed);
        Assert.Equal("SIZE=128M\nZL2R=false\nCOMP_ALG=lz4\n", tree.Text("/etc/log2ram.conf"));
        Assert.Equal("/dev/null", tree.Target("/etc/systemd/system/zram-config.service"));
    }

    [Fact]
    public void The_command_comes_with_a_guard_and_a_line_at_the_login_where_the_root_has_room_for_them()
    {
        TestTree tree = new TestTree().File("/usr/lib/systemd/system/multi-user.target").Folder("/etc/update-motd.d");
        Edit.Apply(new LiveCommandEdit(), tree);
        Assert.Equal((0x1ED, 0x1ED), (tree["/usr/bin/rpilive"].Permissions, tree["/etc/update-motd.d/15-rpilive"].Permissions));
        Assert.StartsWith("#!/bin/sh\n", tree.Text("/usr/bin/rpilive"), StringComparison.Ordinal);
        Assert.Equal("../rpilive-guard.service", tree.Target("/usr/lib/systemd/system/multi-user.target.wants/rpilive-guard.service"));
        Assert.Contains("ExecStart=/usr/bin/rpilive guard\n", tree.Text("/usr/lib/systemd/system/rpilive-guard.service"), StringComparison.Ordinal);
        foreach (string line in tree.Text("/usr/bin/rpilive").Split('\n').Where(line => line.StartsWith(". \"$COMMAND/", StringComparison.Ordinal)))
            Assert.NotEqual("", tree.Text(line.Replace(". \"$COMMAND", "/usr/lib/rpilive/command", StringComparison.Ordinal).TrimEnd('"')));
    }

    [Fact]
    public void The_journal_stays_in_RAM_whatever_other_settings_say()
    {
        TestTree tree = new TestTree().File("/usr/lib/systemd/system/systemd-journald.service")
            .File("/etc/systemd/journald.conf.d/99-persistent.conf", "[Journal]\nStorage=persistent\n")
            .File("/usr/lib/systemd/journald.conf.d/zz-vendor.conf").File("/usr/lib/systemd/journald.conf.d/zzz.txt");
        string path = Edit.Apply(new JournalEdit(), tree).Changed.Single();
        Assert.Equal("/usr/lib/systemd/journald.conf.d/zzz-rpilive.conf", path);
        Assert.Equal("# A live image keeps its journal in RAM.\n[Journal]\nStorage=volatile\nRuntimeMaxUse=16M\n", tree.Text(path));
    }

    [Theory]
    [InlineData("uninitialized\n", true)]
    [InlineData("0123456789abcdef0123456789abcdef\n", true)]
    [InlineData("", false)]
    public void The_machine_id_is_left_for_the_boot_to_write(string content, bool changes)
    {
        TestTree tree = new TestTree().File("/etc/machine-id", content, 0b100_100_100);
        Assert.Equal(changes ? ["/etc/machine-id"] : [], Edit.Apply(new MachineIdEdit(), tree).Changed);
        Assert.Equal(("", 0b100_100_100), (tree.Text("/etc/machine-id"), tree["/etc/machine-id"].Permissions));
    }

    [Fact]
    public void A_copy_of_the_machine_id_for_D_Bus_becomes_a_link()
    {
        TestTree tree = new TestTree().File("/var/lib/dbus/machine-id", "0123456789abcdef0123456789abcdef\n");
        Assert.Equal(["/var/lib/dbus/machine-id"], Edit.Apply(new MachineIdEdit(), tree).Changed);
        Assert.Equal("/etc/machine-id", tree.Target("/var/lib/dbus/machine-id"));
    }

    [Fact]
    public void Seeds_and_secret_keys_are_removed()
    {
        TestTree tree = new TestTree().Files("/var/lib/systemd/random-seed", "/var/lib/systemd/credential.secret", "/boot/efi/loader/random-seed", "/var/lib/systemd/other");
        Assert.Equal(["/boot/efi/loader/random-seed", "/var/lib/systemd/credential.secret", "/var/lib/systemd/random-seed"], Edit.Apply(new SecretSeedEdit(), tree).Changed);
    }

    [Fact]
    public void Host_keys_in_the_image_stay_and_are_told()
    {
        TestTree tree = new TestTree().Files("/etc/ssh/ssh_host_ed25519_key", "/etc/ssh/ssh_host_ed25519_key.pub", "/etc/ssh/sshd_config");
        (string[] changed, string[] warnings) = Edit.Apply(new SshHostKeysEdit(), tree);
        Assert.Empty(changed);
        Assert.Contains("/etc/ssh/ssh_host_ed25519_key)", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Empty(Edit.Apply(new SshHostKeysEdit(), StockRoots.Bookworm()).Warnings);
    }

    [Theory]
    [InlineData("# c\nupdate_initramfs=yes\n\nbackup_initramfs=no\n", "# c\nupdate_initramfs=no\n\nbackup_initramfs=no\n")]
    [InlineData("  update_initramfs=all", "update_initramfs=no")]
    [InlineData("backup_initramfs=no", "backup_initramfs=no\nupdate_initramfs=no\n")]
    [InlineData("", "update_initramfs=no\n")]
    public void Updates_of_the_initramfs_are_off(string before, string after)
    {
        TestTree tree = new TestTree().File("/etc/initramfs-tools/update-initramfs.conf", before);
        Edit.Apply(new InitramfsUpdateEdit(), tree);
        Assert.Equal(after, tree.Text("/etc/initramfs-tools/update-initramfs.conf"));
    }

    [Fact]
    public void Clock_files_get_the_time_of_the_image_and_their_owners()
    {
        TestTree tree = StockRoots.Bookworm();
        Edit.Apply(new ClockEdit(), tree);
        Assert.Equal(Edit.Now, tree["/usr/lib/clock-epoch"].ModifiedTime);
        Assert.Equal((Edit.Now, 997u, 996u, ""), (tree["/var/lib/systemd/timesync/clock"].ModifiedTime,
            tree["/var/lib/systemd/timesync/clock"].UserId, tree["/var/lib/systemd/timesync/clock"].GroupId, tree.Text("/var/lib/systemd/timesync/clock")));
        Assert.Equal((997u, 996u), (tree["/var/lib/systemd/timesync"].UserId, tree["/var/lib/systemd/timesync"].GroupId));
        Assert.Equal("2025-06-15 15:06:40\n", tree.Text("/etc/fake-hwclock.data"));
    }

    [Fact]
    public void A_clock_that_is_ahead_stays()
    {
        TestTree tree = StockRoots.Bookworm().File("/etc/fake-hwclock.data", "2030-01-01 00:00:00\n").File("/var/lib/systemd/timesync/clock", owner: 997).File("/usr/lib/clock-epoch");
        tree["/var/lib/systemd/timesync/clock"].ModifiedTime = tree["/usr/lib/clock-epoch"].ModifiedTime = new Timestamp(1_900_000_000);
        Assert.Empty(Edit.Apply(new ClockEdit(), tree).Changed);
    }

    [Fact]
    public void A_clock_file_that_is_behind_is_raised_and_keeps_its_owner()
    {
        TestTree tree = StockRoots.Bookworm().File("/var/lib/systemd/timesync/clock", owner: 103);
        Assert.Contains("/var/lib/systemd/timesync/clock", Edit.Apply(new ClockEdit(), tree).Changed);
        Assert.Equal((103u, Edit.Now), (tree["/var/lib/systemd/timesync/clock"].UserId, tree["/var/lib/systemd/timesync/clock"].ModifiedTime));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_time_that_no_clock_has_changes_no_clock(long seconds)
    {
        RootEditOptions options = Edit.Options with { Timestamp = new Timestamp(seconds) };
        Assert.Empty(Edit.Apply(new ClockEdit(), StockRoots.Bookworm(), options).Changed);
    }

    [Fact]
    public void Cloud_init_keeps_its_modules_but_for_the_one_that_restarts()
    {
        TestTree tree = StockRoots.Trixie();
        Assert.Equal(["/etc/cloud/cloud.cfg.d/zz-rpilive.cfg"], Edit.Apply(new CloudInitEdit(), tree).Changed);
        Assert.Equal(
            """
            # The boot volume of a live image is read-only, and its root cannot grow.
            growpart:
              mode: "off"
            resize_rootfs: false
            cloud_init_modules:
              - seed_random
              - growpart
              - users_groups

            """, tree.Text("/etc/cloud/cloud.cfg.d/zz-rpilive.cfg"));
    }

    [Theory]
    [InlineData("cloud_config_modules:\n- a-b\n- [cc_raspberry_pi, always] # x\n\n# y\n- 'c'\nother: 1\n", "[\"a-b\", \"c\"]")]
    [InlineData("cloud_config_modules: [ntp, raspberry-pi, timezone]\n", "[\"ntp\", \"timezone\"]")]
    [InlineData("cloud_config_modules:\n - raspberry_pi\n - [ntp, once-per-instance]\n", "[[\"ntp\", \"once-per-instance\"]]")]
    [InlineData("cloud_config_modules: [ntp]\n", "null")]
    public void The_lists_are_read_as_YAML_reads_them(string list, string expected)
    {
        Tools.Require("python3");
        Assert.SkipUnless(Tools.TryRun("python3", "-c", "import yaml").ExitCode == 0, "Python's yaml is not installed here.");
        TestTree tree = new TestTree().File("/etc/cloud/cloud.cfg", "cloud_config_modules:\n - raspberry_pi\n").File("/etc/cloud/cloud.cfg.d/50.cfg", list);
        Edit.Apply(new CloudInitEdit(), tree);
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["cfg"], tree.Text("/etc/cloud/cloud.cfg.d/90-rpilive.cfg"));
        string script = "import yaml,json,sys; d=yaml.safe_load(open(sys.argv[1])); assert d['growpart']['mode']=='off' and d['resize_rootfs'] is False; print(json.dumps(d.get('cloud_config_modules')))";
        Assert.Equal(expected, Tools.Run("python3", "-c", script, folder["cfg"]).Trim());
    }

    [Theory]
    [InlineData("cloud_config_modules: &anchor\n - raspberry_pi\n")]
    [InlineData("cloud_config_modules:\n  raspberry_pi: {}\n")]
    [InlineData("cloud_config_modules: [[raspberry_pi, always]]\n")]
    [InlineData("cloud_config_modules:\n - {raspberry_pi: x}\n")]
    public void A_list_of_unknown_form_is_told(string text)
    {
        TestTree tree = new TestTree().File("/etc/cloud/cloud.cfg", text);
        Assert.Contains("cloud_config_modules", Assert.Single(Edit.Apply(new CloudInitEdit(), tree).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Packages_of_the_boot_volume_are_pinned_by_what_is_installed()
    {
        TestTree tree = StockRoots.Bookworm();
        Edit.Apply(new BootPackagesEdit(), tree);
        Assert.Contains("\nPackage: linux-image-* raspi-firmware\nPin: release *\nPin-Priority: -1\n", tree.Text("/etc/apt/preferences.d/90-rpilive"), StringComparison.Ordinal);
        Assert.Empty(Edit.Apply(new BootPackagesEdit(), new TestTree().Folder("/etc/apt").Files("/var/lib/dpkg/info/bash.list")).Changed);
    }

    [Fact]
    public void Apt_upgrades_all_but_the_pinned_packages()
    {
        Tools.Require("apt-get");
        TestTree tree = StockRoots.Bookworm();
        Edit.Apply(new BootPackagesEdit(), tree);
        using TemporaryFolder folder = new();
        foreach (string name in (string[])["etc/preferences.d", "var/lists/partial", "cache/archives/partial", "repo"])
            Directory.CreateDirectory(folder[name]);
        File.WriteAllText(folder["etc/preferences.d/90-rpilive"], tree.Text("/etc/apt/preferences.d/90-rpilive"));
        File.WriteAllText(folder["etc/sources.list"], $"deb [trusted=yes] file:{folder["repo"]} ./\n");
        StringBuilder status = new(), packages = new();
        foreach (string package in (string[])["raspi-firmware", "linux-image-rpi-v8", "bash"])
        {
            status.Append($"Package: {package}\nStatus: install ok installed\nVersion: 1\nArchitecture: arm64\nMaintainer: x\nDescription: x\n\n");
            packages.Append($"Package: {package}\nVersion: 2\nArchitecture: arm64\nMaintainer: x\nFilename: x.deb\nSize: 1\nSHA256: {new string('0', 64)}\nDescription: x\n\n");
        }
        File.WriteAllText(folder["status"], status.ToString());
        File.WriteAllText(folder["repo/Packages"], packages.ToString());
        string[] options =
        [
            "-o", $"Dir::State::status={folder["status"]}", "-o", $"Dir::State={folder["var"]}", "-o", $"Dir::State::Lists={folder["var/lists"]}",
            "-o", $"Dir::Cache={folder["cache"]}", "-o", $"Dir::Etc={folder["etc"]}", "-o", "APT::Architecture=arm64", "-o", "APT::Architectures::=arm64",
            "-o", "Dir::Bin::dpkg=/bin/true", "-o", "APT::Sandbox::User=root",
        ];
        Tools.TryRun("apt-get", [.. options, "update"]);
        string plan = Tools.Run("apt-get", [.. options, "-s", "upgrade"]);
        Assert.Contains("Inst bash [1] (2 ", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Inst raspi-firmware", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Inst linux-image", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Remv", plan, StringComparison.Ordinal);
    }
}
