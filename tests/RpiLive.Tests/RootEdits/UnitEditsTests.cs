using RpiLive.Core.Imaging.Edits;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.RootEdits;

public sealed class UnitEditsTests
{
    private const string Vendor = "/usr/lib/systemd/system";

    [Theory]
    [InlineData("ConditionPathExistsGlob=/boot/ssh{,.txt}", true)]
    [InlineData("ConditionPathExists=!/boot/os_config.json", true)]
    [InlineData("AssertPathExists = |!/boot/x", true)]
    [InlineData("ConditionPathIsDirectory=/boot", true)]
    [InlineData("ConditionPathExists=/bootstrap/x", false)]
    [InlineData("#ConditionPathExists=/boot/x", false)]
    [InlineData("ConditionKernelCommandLine=/boot/x", false)]
    [InlineData("ExecStart=/bin/cat /boot/x", false)]
    public void A_service_whose_condition_looks_at_the_boot_volume_gets_it_mounted(string line, bool changes)
    {
        TestTree tree = new TestTree().File("/etc/fstab", "LABEL=boot /boot vfat\n").File($"{Vendor}/x.service", $"[Unit]\n{line}\n");
        string[] expected = changes ? [$"{Vendor}/x.service.d", $"{Vendor}/x.service.d/90-rpilive-boot-volume.conf"] : [];
        Assert.Equal(expected, Edit.Apply(new BootVolumeUnitsEdit(), tree).Changed);
        if (changes)
            Assert.Contains("Wants=boot.mount\nAfter=boot.mount\n", tree.Text(expected[1]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_unit_that_counts_is_the_one_under_etc()
    {
        TestTree tree = new TestTree().File("/etc/fstab", "LABEL=boot /boot/firmware vfat\n")
            .File($"{Vendor}/x.service", "[Unit]\nConditionPathExists=/boot/firmware/x\n").File("/etc/systemd/system/x.service", "[Unit]\n")
            .File($"{Vendor}/y.service", "[Unit]\nConditionPathExists=/boot/firmware/y\n").Link("/etc/systemd/system/y.service", "/dev/null");
        Assert.Empty(Edit.Apply(new BootVolumeUnitsEdit(), tree).Changed);
    }

    [Fact]
    public void Cloud_init_waits_for_the_automount()
    {
        TestTree tree = StockRoots.Trixie();
        Edit.Apply(new BootVolumeUnitsEdit(), tree);
        Assert.Contains("After=boot-firmware.automount", tree.Text($"{Vendor}/cloud-init-local.service.d/90-rpilive-boot-volume.conf"), StringComparison.Ordinal);
    }

    [Fact]
    public void From_Bookworm_on_the_settings_services_work_on_a_copy()
    {
        TestTree tree = StockRoots.Bookworm();
        Edit.Apply(new FirstBootSettingsEdit(), tree);
        foreach (string unit in (string[])["sshswitch", "userconfig"])
            Assert.Contains("Environment=FWLOC=/run/rpilive/%N\n", tree.Text($"{Vendor}/{unit}.service.d/90-rpilive-settings.conf"), StringComparison.Ordinal);
    }

    [Fact]
    public void Before_that_and_on_Debian_their_failure_is_excused()
    {
        TestTree bullseye = StockRoots.Bullseye(), debian = StockRoots.Debian();
        Edit.Apply(new FirstBootSettingsEdit(), bullseye);
        Edit.Apply(new FirstBootSettingsEdit(), debian);
        Assert.Contains("SuccessExitStatus=1 30 255\n", bullseye.Text($"{Vendor}/sshswitch.service.d/90-rpilive-settings.conf"), StringComparison.Ordinal);
        Assert.Contains("SuccessExitStatus=1 30 255\n", debian.Text($"{Vendor}/rpi-set-sysconf.service.d/90-rpilive-settings.conf"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_copy_lets_the_stock_script_enable_ssh_and_leaves_the_volume_alone()
    {
        Tools.Require("sh");
        TestTree tree = StockRoots.Bookworm();
        Edit.Apply(new FirstBootSettingsEdit(), tree);
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["boot"]);
        Directory.CreateDirectory(folder["boot/overlays"]);
        File.WriteAllText(folder["boot/ssh"], "");
        File.WriteAllText(folder["boot/kernel8.img"], "large");
        File.WriteAllText(folder["boot/config.txt"], "arm_64bit=1\n");
        string line = tree.Text($"{Vendor}/sshswitch.service.d/90-rpilive-settings.conf").Split('\n').Single(line => line.StartsWith("ExecStartPre=", StringComparison.Ordinal));
        string script = line[(line.IndexOf('\'', StringComparison.Ordinal) + 1)..line.LastIndexOf('\'')];
        Assert.Equal("ExecStartPre=-/bin/sh -c '", line[..(line.IndexOf('\'', StringComparison.Ordinal) + 1)]);
        script = script.Replace("$$", "$", StringComparison.Ordinal).Replace("/boot/firmware", folder["boot"], StringComparison.Ordinal);
        Tools.Run("sh", "-c", script, folder["copy"]);
        Assert.Equal(["config.txt", "ssh"], Directory.GetFiles(folder["copy"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        File.WriteAllText(folder["get_fw_loc"], tree.Text("/usr/lib/raspberrypi-sys-mods/get_fw_loc"));
        string stock = tree.Text("/usr/lib/raspberrypi-sys-mods/sshswitch")
            .Replace("$(/usr/lib/raspberrypi-sys-mods/get_fw_loc)", $"$(sh {folder["get_fw_loc"]})", StringComparison.Ordinal)
            .Replace("systemctl", "echo", StringComparison.Ordinal);
        Assert.Contains("enable --now --no-block ssh", Tools.Shell($"export FWLOC='{folder["copy"]}'; {stock}"), StringComparison.Ordinal);
        Assert.True(File.Exists(folder["boot/ssh"]));
        Assert.False(File.Exists(folder["copy/ssh"]));
    }

    [Fact]
    public void The_resize_script_goes_with_its_links_and_nothing_else()
    {
        TestTree tree = StockRoots.Bullseye().Link("/etc/rcS.d/K99resize2fs_once", "x").File("/etc/rc3.d/README").File("/etc/rc3.d/S01not-resize2fs_once");
        Assert.Equal(["/etc/init.d/resize2fs_once", "/etc/rc3.d/S01resize2fs_once", "/etc/rcS.d/K99resize2fs_once"], Edit.Apply(new RootResizeEdit(), tree).Changed);
    }

    [Fact]
    public void Only_units_that_the_root_has_are_masked()
    {
        TestTree tree = new TestTree().File("/lib/systemd/system/fstrim.timer").File("/etc/systemd/system/man-db.timer", "own");
        Assert.Equal(
            ["/etc/systemd/system/fstrim.timer", "/etc/systemd/system/man-db.timer"], Edit.Apply(new MaintenanceEdit(), tree).Changed);
        Assert.Equal("/dev/null", tree.Target("/etc/systemd/system/man-db.timer"));
    }

    [Fact]
    public void Systemd_finds_no_fault_in_the_units_and_settings()
    {
        Tools.Require("systemd-analyze", "setfacl");
        TestTree tree = StockRoots.Trixie().Program("/usr/bin/setfacl");
        tree["/home/pi/.profile"].Xattrs = [new Xattr("system.posix_acl_access", Convert.FromHexString("0200000001000600FFFFFFFF02000400E803000004000400FFFFFFFF10000400FFFFFFFF20000400FFFFFFFF"))];
        Core.Imaging.RootEdits.ApplyAll(tree.Root, Edit.Options);
        using TemporaryFolder folder = new();
        string[] units = ["rpilive-acls.service", "sshswitch.service", "userconfig.service", "cloud-init-local.service"];
        foreach (string unit in units)
        {
            File.WriteAllText(folder[unit], tree.Has($"{Vendor}/{unit}") && unit.StartsWith("rpilive", StringComparison.Ordinal)
                ? tree.Text($"{Vendor}/{unit}") : "[Service]\nType=oneshot\nExecStart=/bin/true\n");
            foreach ((FileName name, _) in TreePath.FindDirectory(tree.Root, $"{Vendor}/{unit}.d")?.Children ?? [])
            {
                Directory.CreateDirectory(folder[unit + ".d"]);
                File.WriteAllText(folder[$"{unit}.d/{name}"], tree.Text($"{Vendor}/{unit}.d/{name}"));
            }
        }
        File.WriteAllText(folder["boot-firmware.mount"], "[Mount]\nWhat=/dev/disk/by-uuid/AB12-CD34\nWhere=/boot/firmware\nType=vfat\n");
        File.WriteAllText(folder["boot-firmware.automount"], "[Automount]\nWhere=/boot/firmware\n");
        Assert.Equal("", Tools.Shell($"cd '{folder.Path}'; SYSTEMD_UNIT_PATH='{folder.Path}':/usr/lib/systemd/system systemd-analyze --man=no verify {string.Join(' ', units)} 2>&1"));
        Assert.Equal("../rpilive-acls.service", tree.Target($"{Vendor}/sysinit.target.wants/rpilive-acls.service"));
    }
}
