namespace RpiLive.Tests.RootEdits;

/// <summary>Roots shaped like those of published images, with what the edits look for and some that they must leave alone.</summary>
internal static class StockRoots
{
    public const string Locator = """
        #!/bin/sh
        if [ -r /etc/default/raspberrypi-sys-mods ]; then
          . /etc/default/raspberrypi-sys-mods
        fi
        if [ -z "$FWLOC" ]; then
          FWLOC=/boot/firmware
        fi
        echo "$FWLOC"
        """;

    public const string SshSwitch = """
        #!/bin/sh
        set -e
        FWLOC=$(/usr/lib/raspberrypi-sys-mods/get_fw_loc)
        rm -f "$FWLOC/ssh"
        systemctl enable --now --no-block ssh
        """;

    public static TestTree Bullseye() => Raspbian(new TestTree(), "11", "bullseye", merged: false, "/boot")
        .Files("/etc/init.d/resize2fs_once", "/etc/init.d/dphys-swapfile", "/etc/init.d/fake-hwclock", "/sbin/fake-hwclock")
        .File("/etc/machine-id", "", 0b100_100_100)
        .Link("/etc/rc3.d/S01resize2fs_once", "../init.d/resize2fs_once")
        .Link("/etc/rc3.d/S01rsync", "../init.d/rsync")
        .File("/etc/dphys-swapfile", "CONF_SWAPSIZE=100\n")
        .File("/etc/fake-hwclock.data", "2023-05-03 01:00:00\n")
        .Files("/lib/systemd/system/dphys-swapfile.service", "/lib/systemd/system/fake-hwclock.service")
        .File("/lib/systemd/system/sshswitch.service", """
            [Unit]
            Description=Turn on SSH if /boot/ssh is present
            ConditionPathExistsGlob=/boot/ssh{,.txt}
            After=regenerate_ssh_host_keys.service

            [Service]
            Type=oneshot
            ExecStart=/bin/sh -c "systemctl enable --now ssh && rm -f /boot/ssh /boot/ssh.txt"
            """)
        .File("/usr/lib/userconf-pi/userconf-service", "#!/bin/sh -e\nrm /boot/userconf.txt\n")
        .Files("/var/lib/dpkg/info/raspberrypi-kernel.list", "/var/lib/dpkg/info/raspberrypi-bootloader.list");

    public static TestTree Bookworm() => Raspbian(Merged(), "12", "bookworm", merged: true, "/boot/firmware")
        .File("/etc/init.d/resize2fs_once", "#!/bin/sh\n")
        .Link("/etc/rc3.d/S01resize2fs_once", "../init.d/resize2fs_once")
        .File("/etc/machine-id", "", 0b100_100_100)
        .Files("/usr/lib/systemd/system/dphys-swapfile.service", "/etc/init.d/dphys-swapfile", "/usr/lib/systemd/system/fake-hwclock.service")
        .Program("/usr/sbin/fake-hwclock")
        .File("/etc/fake-hwclock.data", "2025-05-13 01:00:00\n")
        .File("/usr/lib/systemd/system/sshswitch.service", "[Service]\nExecStart=/usr/lib/raspberrypi-sys-mods/sshswitch\n")
        .Program("/usr/lib/raspberrypi-sys-mods/get_fw_loc", Locator).Program("/usr/lib/raspberrypi-sys-mods/sshswitch", SshSwitch)
        .Program("/usr/lib/userconf-pi/userconf-service", "#!/bin/sh -e\nFWLOC=$(/usr/lib/raspberrypi-sys-mods/get_fw_loc)\n")
        .Files("/var/lib/dpkg/info/raspi-firmware.list", "/var/lib/dpkg/info/linux-image-rpi-v8:arm64.list", "/var/lib/dpkg/info/bash.list")
        .Files("/etc/kernel/postinst.d/z50-raspi-firmware", "/etc/default/raspi-firmware")
        .File("/etc/initramfs-tools/update-initramfs.conf", "# comment\nupdate_initramfs=yes\n\nbackup_initramfs=no\n");

    public static TestTree Trixie() => Raspbian(Merged(), "13", "trixie", merged: true, "/boot/firmware")
        .File("/etc/machine-id", "uninitialized\n", 0b100_100_100)
        .Files("/usr/lib/systemd/system/rpi-resize.service", "/usr/lib/systemd/system/systemd-growfs-root.service", "/usr/lib/systemd/system/systemd-growfs@.service")
        .Link("/etc/systemd/system/sysinit.target.wants/rpi-resize.service", "/usr/lib/systemd/system/rpi-resize.service")
        .File("/etc/rpi/swap.conf", "[Main]\n#Mechanism=auto\n").Program("/usr/lib/systemd/system-generators/rpi-swap-generator")
        .Program("/usr/lib/systemd/system-generators/zram-generator").Files("/usr/lib/systemd/system/systemd-zram-setup@.service")
        .File("/usr/lib/systemd/system/sshswitch.service", "[Service]\nExecStart=/usr/lib/raspberrypi-sys-mods/sshswitch\n")
        .Program("/usr/lib/raspberrypi-sys-mods/get_fw_loc", Locator).Program("/usr/lib/raspberrypi-sys-mods/sshswitch", SshSwitch)
        .Program("/usr/lib/userconf-pi/userconf-service", "#!/bin/sh -e\nFWLOC=$(/usr/lib/raspberrypi-sys-mods/get_fw_loc)\n")
        .File("/etc/cloud/cloud.cfg", """
            users:
              - default
            cloud_init_modules:
              - seed_random
              - growpart
              - users_groups
              - raspberry_pi
            cloud_config_modules:
              - [ntp, always]
            """)
        .File("/etc/cloud/cloud.cfg.d/99_raspberry-pi.cfg", "datasource_list: [NoCloud, None]\n")
        .Files("/usr/lib/systemd/system/cloud-init-local.service", "/var/lib/dpkg/info/raspi-firmware.list", "/var/lib/dpkg/info/linux-image-6.12.47+rpt-rpi-v8.list")
        .File("/usr/lib/systemd/system.conf.d/70-rpi-enable-watchdog.conf", "[Manager]\nRuntimeWatchdogSec=16\n")
        .File("/etc/initramfs-tools/update-initramfs.conf", "update_initramfs=yes\n");

    public static TestTree Debian() => Common(Merged(), "/usr/lib/systemd/system")
        .File("/usr/lib/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n")
        .Link("/etc/os-release", "../usr/lib/os-release")
        .File("/etc/fstab", "# The root file system has fs_passno=1 as per fstab(5) for automatic fsck.\nLABEL=RASPIROOT / ext4 rw 0 1\n# All other file systems have fs_passno=2 as per fstab(5) for automatic fsck.\nLABEL=RASPIFIRM /boot/firmware vfat rw 0 2\n")
        .File("/etc/machine-id", "uninitialized\n", 0b100_100_100)
        .File("/etc/systemd/system/rpi-set-sysconf.service", "[Service]\nExecStart=/usr/local/sbin/rpi-set-sysconf\n")
        .File("/etc/systemd/system/rpi-reconfigure-raspi-firmware.service", "[Service]\nExecStart=/usr/sbin/dpkg-reconfigure raspi-firmware\n")
        .Files("/etc/systemd/system/rpi-generate-ssh-host-keys.service", "/var/lib/dpkg/info/raspi-firmware.list", "/var/lib/dpkg/info/linux-image-6.1.0-56-arm64.list")
        .Link("/etc/systemd/system/basic.target.requires/rpi-set-sysconf.service", "/etc/systemd/system/rpi-set-sysconf.service")
        .File("/etc/initramfs-tools/update-initramfs.conf", "update_initramfs=yes\n");

    /// <summary>A program's first 64 bytes: ELF64 of AArch64.</summary>
    public static string Arm64Program { get; } = "\x7F" + "ELF\x02\x01\x01" + new string('\0', 11) + "\xB7" + new string('\0', 60);

    private static TestTree Merged() => new TestTree().Folder("/usr/bin").Folder("/usr/sbin").Folder("/usr/lib")
        .Link("/bin", "usr/bin").Link("/sbin", "usr/sbin").Link("/lib", "usr/lib");

    private static TestTree Raspbian(TestTree tree, string version, string codename, bool merged, string bootMount) =>
        Common(tree, merged ? "/usr/lib/systemd/system" : "/lib/systemd/system")
            .File("/usr/lib/os-release", $"PRETTY_NAME=\"Debian GNU/Linux {version} ({codename})\"\nVERSION_ID=\"{version}\"\nVERSION_CODENAME={codename}\nID=debian\n")
            .Link("/etc/os-release", "../usr/lib/os-release")
            .File("/etc/rpi-issue", "Raspberry Pi reference\n")
            .File("/etc/fstab", $"proc            /proc           proc    defaults          0       0\nPARTUUID=738a4d67-01  {bootMount}  vfat    defaults          0       2\nPARTUUID=738a4d67-02  /               ext4    defaults,noatime  0       1\n# a swapfile is not a swap partition, no line here\n")
            .Files($"{(merged ? "/usr" : "")}/lib/systemd/system/regenerate_ssh_host_keys.service", $"{(merged ? "/usr" : "")}/lib/systemd/system/userconfig.service", $"{(merged ? "/usr" : "")}/lib/systemd/system/rpi-eeprom-update.service");

    private static TestTree Common(TestTree tree, string units) => tree
        .Program(units[..^"/system".Length] + "/systemd", Arm64Program)
        .Link("/sbin/init", "/lib/systemd/systemd")
        .Folder("/boot").Folder("/boot/firmware").Folder("/etc/apt/preferences.d").Folder("/etc/systemd/system").Folder("/usr/lib/systemd")
        .File("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\nsystemd-timesync:x:997:996:systemd Time Synchronization:/:/usr/sbin/nologin\n")
        .File("/var/lib/systemd/random-seed", new string('r', 32), 0b110_000_000)
        .Link("/var/lib/dbus/machine-id", "/etc/machine-id")
        .File("/var/lib/dpkg/status", "Package: adduser\nStatus: install ok installed\nArchitecture: all\n\nPackage: dpkg\nStatus: install ok installed\nArchitecture: arm64\nMulti-Arch: foreign\n\n")
        .File("/home/pi/.profile", "# mine\n", owner: 1000)
        .Files($"{units}/apt-daily.timer", $"{units}/apt-daily-upgrade.timer", $"{units}/man-db.timer", $"{units}/dpkg-db-backup.timer",
            $"{units}/e2scrub_all.timer", $"{units}/e2scrub_reap.service", $"{units}/fstrim.timer", $"{units}/logrotate.timer", $"{units}/ssh.service",
            $"{units}/systemd-journald.service", $"{units}/systemd-fsck-root.service", $"{units}/systemd-tmpfiles-clean.timer", $"{units}/sysinit.target");
}
