using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.RootEdits;

public sealed class RootEditsTests
{
    private static readonly string[] s_everywhere =
    [
        "/etc/apt/preferences.d/90-rpilive",
        "/etc/fstab",
        "/etc/systemd/system/apt-daily-upgrade.timer",
        "/etc/systemd/system/apt-daily.timer",
        "/etc/systemd/system/dpkg-db-backup.timer",
        "/etc/systemd/system/e2scrub_all.timer",
        "/etc/systemd/system/e2scrub_reap.service",
        "/etc/systemd/system/fstrim.timer",
        "/etc/systemd/system/man-db.timer",
        "/etc/systemd/system/systemd-fsck-root.service",
        "/usr/bin/rpilive",
        "/usr/lib/clock-epoch",
        "/usr/lib/rpilive",
        "/usr/lib/rpilive/command",
        "/usr/lib/rpilive/command/05-json.sh",
        "/usr/lib/rpilive/command/10-facts.sh",
        "/usr/lib/rpilive/command/20-memory.sh",
        "/usr/lib/rpilive/command/30-volumes.sh",
        "/usr/lib/rpilive/command/40-status.sh",
        "/usr/lib/rpilive/command/50-diff.sh",
        "/usr/lib/rpilive/command/60-flush.sh",
        "/usr/lib/rpilive/command/70-guard.sh",
        "/usr/lib/rpilive/command/80-report.sh",
        "/usr/lib/rpilive/command/90-main.sh",
        "/usr/lib/systemd/journald.conf.d",
        "/usr/lib/systemd/journald.conf.d/90-rpilive.conf",
        "/var/lib/systemd/random-seed",
        "/var/lib/systemd/timesync",
        "/var/lib/systemd/timesync/clock",
    ];

    private static readonly Dictionary<string, (Func<TestTree> Make, string[] Changed, string[] Edits)> s_roots = new()
    {
        ["Bullseye"] = (StockRoots.Bullseye,
        [
            "/etc/fake-hwclock.data",
            "/etc/init.d/resize2fs_once",
            "/etc/rc3.d/S01resize2fs_once",
            "/etc/systemd/system/dphys-swapfile.service",
            "/etc/systemd/system/rpi-eeprom-update.service",
            "/usr/bin",
            "/usr/lib/systemd/system",
            "/usr/lib/systemd/system/sshswitch.service.d",
            "/usr/lib/systemd/system/sshswitch.service.d/90-rpilive-boot-volume.conf",
            "/usr/lib/systemd/system/sshswitch.service.d/90-rpilive-settings.conf",
            "/usr/lib/systemd/system/userconfig.service.d",
            "/usr/lib/systemd/system/userconfig.service.d/90-rpilive-settings.conf",
        ],
        [
            "live-folder", "live-command", "swap", "fstab", "boot-volume-units", "first-boot-settings", "root-resize", "root-check", "maintenance",
            "boot-firmware", "boot-packages", "journal", "secret-seeds", "clock",
        ]),
        ["Bookworm"] = (StockRoots.Bookworm,
        [
            "/etc/fake-hwclock.data",
            "/etc/init.d/resize2fs_once",
            "/etc/initramfs-tools/update-initramfs.conf",
            "/etc/rc3.d/S01resize2fs_once",
            "/etc/systemd/system/dphys-swapfile.service",
            "/etc/systemd/system/rpi-eeprom-update.service",
            "/usr/lib/systemd/system/sshswitch.service.d",
            "/usr/lib/systemd/system/sshswitch.service.d/90-rpilive-settings.conf",
            "/usr/lib/systemd/system/userconfig.service.d",
            "/usr/lib/systemd/system/userconfig.service.d/90-rpilive-settings.conf",
        ],
        [
            "live-folder", "live-command", "swap", "fstab", "first-boot-settings", "root-resize", "root-check", "maintenance", "boot-firmware",
            "boot-packages", "initramfs-update", "journal", "secret-seeds", "clock",
        ]),
        ["Trixie"] = (StockRoots.Trixie,
        [
            "/etc/cloud/cloud.cfg.d/zz-rpilive.cfg",
            "/etc/initramfs-tools/update-initramfs.conf",
            "/etc/machine-id",
            "/etc/rpi/swap.conf.d",
            "/etc/rpi/swap.conf.d/90-rpilive.conf",
            "/etc/systemd/system-generators",
            "/etc/systemd/system-generators/zram-generator",
            "/etc/systemd/system/rpi-eeprom-update.service",
            "/etc/systemd/system/rpi-resize.service",
            "/etc/systemd/system/systemd-growfs-root.service",
            "/etc/systemd/system/systemd-growfs@-.service",
            "/etc/systemd/system/systemd-zram-setup@.service",
            "/usr/lib/systemd/system/cloud-init-local.service.d",
            "/usr/lib/systemd/system/cloud-init-local.service.d/90-rpilive-boot-volume.conf",
            "/usr/lib/systemd/system/sshswitch.service.d",
            "/usr/lib/systemd/system/sshswitch.service.d/90-rpilive-settings.conf",
            "/usr/lib/systemd/system/userconfig.service.d",
            "/usr/lib/systemd/system/userconfig.service.d/90-rpilive-settings.conf",
        ],
        [
            "live-folder", "live-command", "swap", "fstab", "boot-volume-units", "first-boot-settings", "root-resize", "root-check", "maintenance",
            "boot-firmware", "boot-packages", "initramfs-update", "journal", "machine-id", "secret-seeds", "cloud-init", "clock",
        ]),
        ["Debian"] = (StockRoots.Debian,
        [
            "/etc/initramfs-tools/update-initramfs.conf",
            "/etc/machine-id",
            "/etc/systemd/system/rpi-reconfigure-raspi-firmware.service",
            "/usr/lib/systemd/system/rpi-set-sysconf.service.d",
            "/usr/lib/systemd/system/rpi-set-sysconf.service.d/90-rpilive-settings.conf",
        ],
        [
            "live-folder", "live-command", "fstab", "first-boot-settings", "root-check", "maintenance", "boot-firmware", "boot-packages",
            "initramfs-update", "journal", "machine-id", "secret-seeds", "clock",
        ]),
    };

    public static TheoryData<string> Roots => [.. s_roots.Keys];

    [Theory]
    [MemberData(nameof(Roots))]
    public void A_stock_root_changes_in_these_paths_and_no_others(string name)
    {
        (Func<TestTree> make, string[] changed, string[] edits) = s_roots[name];
        TestTree tree = make();
        SortedDictionary<string, string> before = tree.Listing();
        RootEditResult result = Core.Imaging.RootEdits.ApplyAll(tree.Root, Edit.Options);
        string[] expected = [.. s_everywhere.Concat(changed).Order(StringComparer.Ordinal)];
        Assert.Equal(expected, Edit.Differences(before, tree.Listing()));
        Assert.Equal(expected, result.Edits.SelectMany(edit => edit.Paths).Order(StringComparer.Ordinal));
        Assert.Equal(edits, result.Edits.Select(edit => edit.Name));
        Assert.Empty(result.Warnings);
    }

    [Theory]
    [MemberData(nameof(Roots))]
    public void Nothing_is_left_to_do_the_second_time(string name)
    {
        TestTree tree = s_roots[name].Make();
        Core.Imaging.RootEdits.ApplyAll(tree.Root, Edit.Options);
        SortedDictionary<string, string> once = tree.Listing();
        RootEditResult again = Core.Imaging.RootEdits.ApplyAll(tree.Root, Edit.Options);
        Assert.Empty(again.Edits);
        Assert.Equal(once, tree.Listing());
    }

    [Fact]
    public void An_empty_root_gets_what_is_ours_alone()
    {
        TestTree tree = new();
        RootEditResult result = Core.Imaging.RootEdits.ApplyAll(tree.Root, Edit.Options);
        Assert.Equal(["live-folder", "live-command"], result.Edits.Select(edit => edit.Name));
        Assert.Equal(
            ["/", "/usr", "/usr/bin", "/usr/bin/rpilive", "/usr/lib", "/usr/lib/rpilive", "/usr/lib/rpilive/command"],
            tree.Listing().Keys.Where(path => !path.StartsWith("/usr/lib/rpilive/command/", StringComparison.Ordinal)));
        Assert.Equal((0b111_101_101, 0u, 0u), (tree["/usr/lib/rpilive"].Permissions, tree["/usr/lib/rpilive"].UserId, tree["/usr/lib/rpilive"].GroupId));
    }

    [Fact]
    public void Names_and_reasons_are_told_apart_and_said_in_one_sentence()
    {
        AppliedEdit[] all = [.. s_roots.Values.SelectMany(root => Core.Imaging.RootEdits.ApplyAll(root.Make().Root, Edit.Options).Edits)];
        Assert.All(all, edit => Assert.Matches("^[a-z]+(-[a-z]+)*$", edit.Name));
        Assert.All(all, edit => Assert.EndsWith(".", edit.Reason, StringComparison.Ordinal));
        Assert.Equal(all.DistinctBy(edit => edit.Name).Count(), all.DistinctBy(edit => edit.Reason).Count());
    }

    [Fact]
    public void A_file_with_hard_links_changes_under_one_name_only()
    {
        TestTree tree = StockRoots.Bookworm().HardLink("/root/fstab.saved", "/etc/fstab").HardLink("/etc/fake", "/etc/fake-hwclock.data");
        string fstab = tree.Text("/etc/fstab");
        Core.Imaging.RootEdits.ApplyAll(tree.Root, Edit.Options);
        Assert.Equal(fstab, tree.Text("/root/fstab.saved"));
        Assert.NotEqual(fstab, tree.Text("/etc/fstab"));
        Assert.Equal("2025-05-13 01:00:00\n", tree.Text("/etc/fake"));
    }

    public static TheoryData<string, bool> HostileRoots => new()
    {
        { "etc-is-a-file", true },
        { "fstab-of-10-MB", true },
        { "fstab-is-a-directory", false },
        { "links-out-of-the-root", false },
        { "links-in-a-circle", true },
        { "usr-lib-is-a-device", true },
        { "directory-in-itself", false },
        { "unit-is-a-directory", false },
        { "mask-is-a-directory", true },
    };

    [Theory]
    [MemberData(nameof(HostileRoots))]
    public void A_hostile_root_ends_in_a_result_or_an_error_that_says_what_is_wrong(string kind, bool fails)
    {
        TestTree tree = StockRoots.Bookworm();
        switch (kind)
        {
            case "etc-is-a-file":
                tree.File("/etc", "not a directory");
                break;
            case "fstab-of-10-MB":
                tree.File("/etc/fstab", new string('#', 10 << 20));
                break;
            case "fstab-is-a-directory":
                tree.Folder("/etc/fstab.d").Add("/etc/fstab", new DirectoryNode());
                break;
            case "links-out-of-the-root":
                tree.Link("/etc/fstab", "/../../../../etc/passwd").Link("/etc/systemd/system", "../../../../../../tmp").Folder("/tmp");
                break;
            case "links-in-a-circle":
                tree.Link("/etc/systemd", "/etc/circle").Link("/etc/circle", "systemd");
                break;
            case "usr-lib-is-a-device":
                tree.Add("/usr/lib", new SpecialNode(SpecialKind.CharacterDevice, 1, 3));
                break;
            case "directory-in-itself":
                tree.Root.Children["self"] = tree.Root;
                ((DirectoryNode)tree["/usr/lib"]).Children["up"] = tree["/usr"];
                break;
            case "unit-is-a-directory":
                tree.Add("/usr/lib/systemd/system/fstrim.timer", new DirectoryNode());
                break;
            case "mask-is-a-directory":
                tree.Folder("/etc/systemd/system/fstrim.timer");
                break;
        }
        if (fails)
        {
            ImageException error = Assert.Throws<ImageException>(() => Core.Imaging.RootEdits.ApplyAll(tree.Root, Edit.Options));
            Assert.Equal(ErrorIds.RootUnusable, error.ErrorId);
        }
        else
            Assert.NotEmpty(Core.Imaging.RootEdits.ApplyAll(tree.Root, Edit.Options).Edits);
    }

    [Fact]
    public void Links_never_lead_out_of_the_root()
    {
        TestTree tree = StockRoots.Bookworm().Folder("/tmp").Link("/etc/systemd/system", "../../../../../../tmp");
        AppliedEdit edit = Core.Imaging.RootEdits.ApplyAll(tree.Root, Edit.Options).Edits.Single(edit => edit.Name == "maintenance");
        Assert.All(edit.Paths, path => Assert.StartsWith("/tmp/", path, StringComparison.Ordinal));
        Assert.Equal("/dev/null", tree.Target("/tmp/fstrim.timer"));
    }

    [Fact]
    public void Damaged_files_do_no_worse_than_an_image_error()
    {
        int seeds = int.TryParse(Environment.GetEnvironmentVariable("RPILIVE_MUTATION_SEEDS"), out int given) ? given : 2000;
        string[] edited =
        [
            "/etc/fstab", "/etc/cloud/cloud.cfg", "/etc/passwd", "/usr/lib/os-release", "/var/lib/dpkg/status", "/etc/machine-id", "/etc/rpi/swap.conf",
            "/usr/lib/systemd/systemd", "/etc/initramfs-tools/update-initramfs.conf", "/usr/lib/systemd/system/sshswitch.service",
        ];
        byte[] acl = Convert.FromHexString("0200000001000600FFFFFFFF02000400E803000004000400FFFFFFFF10000400FFFFFFFF20000400FFFFFFFF");
        int completed = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            TestTree tree = StockRoots.Trixie();
            string path = edited[seed % edited.Length];
            FileNode file = (FileNode)tree[path];
            file.Content = new MemoryContent(Mutations.Damage(file.Content.ReadAll(), seed));
            tree["/home/pi/.profile"].Xattrs = [new Xattr("system.posix_acl_access", Mutations.Damage(acl, seed)), new Xattr("system.posix_acl_default", Mutations.Damage(acl, seed + 1))];
            try
            {
                _ = OperatingSystemFacts.Read(tree.Root).DistributionName;
                Core.Imaging.RootEdits.ApplyAll(tree.Root, Edit.Options);
                completed++;
            }
            catch (ImageException)
            {
                // An expected end.
            }
        }
        Assert.True(completed > seeds / 2, $"Only {completed} of {seeds} damaged roots came through.");
    }
}
