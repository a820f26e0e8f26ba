using System.Text;
using RpiLive.Codecs;
using RpiLive.Core.Errors;
using RpiLive.Core.Ext4;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Base;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Debian.Support;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Imaging.Base;

public sealed class BaseImageBuilderTests
{
    [Fact]
    public void File_systems_are_clean_and_known_to_the_kernel()
    {
        Tools.Require("e2fsck", "fsck.vfat", "dd");
        using TemporaryFolder folder = new();
        string image = Build(folder, SyntheticDebian.Recipe(folder));
        (MbrPartition boot, MbrPartition root) = Partitions(image);
        Assert.Contains("rootfs:", Tools.Run("e2fsck", "-fn", $"{image}?offset={root.FirstByte}"), StringComparison.Ordinal);
        Tools.Shell($"dd if='{image}' of='{folder.Path}/boot' bs=512 skip={boot.FirstByte / 512} count={boot.Length / 512} status=none; fsck.vfat -n '{folder.Path}/boot'");
        Assert.Equal(0, root.FirstByte % BaseLayout.Alignment);
        Assert.Equal(root.FirstByte + root.Length, new FileInfo(image).Length);
    }

    [Fact]
    public void The_kernel_mounts_the_root_and_dpkg_knows_its_packages()
    {
        Tools.Require("dpkg", "losetup");
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        BaseRecipe recipe = SyntheticDebian.Recipe(folder);
        string image = Build(folder, recipe);
        long offset = Partitions(image).Root.FirstByte;
        using LoopMount mount = new(image, "ext4", $"ro,offset={offset}");
        using FileSource source = new(image);
        MountedTree.AssertSame(ReadRoot(source), mount.Path);
        string list = Tools.Run("dpkg-query", $"--admindir={mount.Path}/var/lib/dpkg", "-W", "-f", "${db:Status-Abbrev} ${Package} ${Version}\n");
        Assert.Equal(
            recipe.Packages.Select(package => $"ii  {package.Name} {package.Version}").Order(StringComparer.Ordinal),
            list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Equal("", Tools.Run("dpkg", $"--admindir={mount.Path}/var/lib/dpkg", "--audit"));
        Assert.Contains("/etc/nanorc", Tools.Run("dpkg-query", $"--admindir={mount.Path}/var/lib/dpkg", "-L", "nano"), StringComparison.Ordinal);
        // What dpkg verifies by MD5 is as it was shipped: the configuration file, that is.
        Assert.DoesNotContain("nanorc", Tools.TryRun("dpkg", $"--root={mount.Path}", "-V", "nano").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_root_is_set_up_as_the_scripts_would_have()
    {
        using TemporaryFolder folder = new();
        using FileSource source = new(Build(folder, SyntheticDebian.Recipe(folder) with { AuthorizedKeys = ["ssh-ed25519 AAAA me"] }));
        DirectoryNode root = ReadRoot(source);
        Assert.Equal("usr/bin", Link("/bin"));
        Assert.Contains("sshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n", Text("/etc/passwd"), StringComparison.Ordinal);
        Assert.Contains("messagebus:x:998:", Text("/etc/group"), StringComparison.Ordinal);
        Assert.StartsWith("root:*:", Text("/etc/shadow"), StringComparison.Ordinal);
        Assert.Equal((0x1A0, 42u), (TreePath.Find(root, "/etc/shadow")!.Permissions, TreePath.Find(root, "/etc/shadow")!.GroupId));
        Assert.Equal((0x9EC, 998u), (TreePath.Find(root, "/usr/lib/systemd/systemd")!.Permissions, TreePath.Find(root, "/usr/lib/systemd/systemd")!.GroupId));
        Assert.Equal("/usr/bin/mawk", Link("/etc/alternatives/awk"));
        Assert.Equal("/etc/alternatives/nawk", Link("/usr/bin/nawk"));
        Assert.Equal("auto\n/usr/bin/awk\nnawk\n/usr/bin/nawk\n\n/usr/bin/mawk\n5\n/usr/bin/mawk\n\n", Text("/var/lib/dpkg/alternatives/awk"));
        Assert.Equal("/usr/lib/systemd/system/getty@.service", Link("/etc/systemd/system/getty.target.wants/getty@tty1.service"));
        Assert.Equal("/usr/lib/systemd/system/ssh.service", Link("/etc/systemd/system/multi-user.target.wants/ssh.service"));
        Assert.Equal("/usr/lib/systemd/system/ssh.service", Link("/etc/systemd/system/sshd.service"));
        Assert.Equal("/usr/lib/systemd/system/systemd-networkd.service", Link("/etc/systemd/system/dbus-org.freedesktop.network1.service"));
        Assert.Null(TreePath.Find(root, "/etc/systemd/system/sockets.target.wants/ssh.socket", followLast: false));
        Assert.Null(TreePath.Find(root, "/etc/systemd/system/network-online.target.wants", followLast: false));
        Assert.Equal("/dev/null", Link("/etc/systemd/system/systemd-networkd-wait-online.service"));
        Assert.Equal("ssh-ed25519 AAAA me\n", Text("/root/.ssh/authorized_keys"));
        Assert.Equal((0x1C0, 0x180), (TreePath.Find(root, "/root/.ssh")!.Permissions, TreePath.Find(root, "/root/.ssh/authorized_keys")!.Permissions));
        Assert.Contains("PasswordAuthentication no", Text("/etc/ssh/sshd_config.d/rpilive.conf"), StringComparison.Ordinal);
        Assert.Equal("UsePAM yes\n", Text("/etc/ssh/sshd_config"));
        Assert.Equal("CERTIFICATE A\nCERTIFICATE B\n", Text("/etc/ssl/certs/ca-certificates.crt"));
        Assert.Equal("sample\n", Text("/etc/hostname"));
        Assert.Equal("", Text("/etc/machine-id"));
        Assert.Contains("URIs: http://mirror.test/debian\nSuites: bookworm bookworm-updates\n", Text("/etc/apt/sources.list.d/debian.sources"), StringComparison.Ordinal);
        Assert.Contains("--autologin root", Text("/etc/systemd/system/getty@.service.d/autologin.conf"), StringComparison.Ordinal);
        Assert.Equal("# bashrc\n", Text("/root/.bashrc"));
        Assert.Contains("kernel/ext4.ko:", Text($"/lib/modules/{SyntheticDebian.Release}/modules.dep"), StringComparison.Ordinal);
        foreach (string path in (string[])
            ["/usr/share/doc/nano/README", $"/boot/vmlinuz-{SyntheticDebian.Release}", $"/lib/modules/{SyntheticDebian.Release}/kernel/drivers/gpu", $"/usr/lib/linux-image-{SyntheticDebian.Release}/amlogic/x.dtb"])
            Assert.Null(TreePath.FindFile(root, path));
        Assert.NotNull(TreePath.FindFile(root, "/usr/share/doc/nano/copyright"));
        Assert.Contains("path-exclude=/usr/share/doc/*\n", Text("/etc/dpkg/dpkg.cfg.d/rpilive"), StringComparison.Ordinal);

        string Text(string path) => Encoding.UTF8.GetString(TreePath.FindFile(root, path)!.Content.ReadAll());
        string Link(string path) => Encoding.UTF8.GetString(Assert.IsType<SymlinkNode>(TreePath.Find(root, path, followLast: false)).Target);
    }

    [Fact]
    public void The_alternative_of_the_highest_priority_wins()
    {
        using TemporaryFolder folder = new();
        using FileSource source = new(Build(folder, SyntheticDebian.Recipe(folder, SyntheticDebian.Packages())));
        DirectoryNode root = ReadRoot(source);
        Assert.Equal("/usr/bin/gawk", Encoding.UTF8.GetString(((SymlinkNode)TreePath.Find(root, "/etc/alternatives/awk", followLast: false)!).Target));
        // A slave of another choice has no link.
        Assert.Null(TreePath.Find(root, "/etc/alternatives/nawk", followLast: false));
    }

    [Fact]
    public void The_boot_volume_has_what_the_firmware_loads()
    {
        using TemporaryFolder folder = new();
        BaseRecipe recipe = SyntheticDebian.Recipe(folder);
        using FileSource source = new(Build(folder, recipe));
        DirectoryNode boot = BootVolume.Open(MasterBootRecord.Read(source).Partitions[0], source).ReadTree(CancellationToken.None);
        string[] names = [.. boot.Children.Keys.Select(name => name.ToString())];
        Assert.Empty(new HashSet<string>
            { "bootcode.bin", "start.elf", "start4.elf", "fixup.dat", "fixup4.dat", "LICENCE.broadcom", "kernel8.img", "initramfs8", "config.txt", "cmdline.txt", "bcm2711-rpi-4-b.dtb",
            }.Except(names));
        Assert.DoesNotContain("start_db.elf", names);
        string commandLine = Encoding.UTF8.GetString(((FileNode)boot.Children["cmdline.txt"]).Content.ReadAll());
        Assert.Contains($"root=PARTUUID={recipe.DiskId:x8}-02 ", commandLine, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_packages_give_the_same_bytes_and_others_another_identity()
    {
        using TemporaryFolder folder = new();
        BaseRecipe recipe = SyntheticDebian.Recipe(folder);
        byte[] first = File.ReadAllBytes(Build(folder, recipe, "one.img")), second = File.ReadAllBytes(Build(folder, recipe with { Packages = [.. recipe.Packages] }, "two.img"));
        Assert.True(first.AsSpan().SequenceEqual(second));
        BaseRecipe other = recipe with { HostName = "other" };
        Assert.NotEqual(recipe.DiskId, other.DiskId);
        Assert.NotEqual(recipe.RootId, other.RootId);
    }

    [Fact]
    public void A_live_image_can_be_made_of_it()
    {
        using TemporaryFolder folder = new();
        string stock = Build(folder, SyntheticDebian.Recipe(folder));
        LiveImage live = new LiveImageBuilder(new ThirdPartyCodecs()).Build(
            new LiveImageOptions { SourcePath = stock, DestinationPath = folder["live.img"] }, null, TestContext.Current.CancellationToken);
        Assert.Equal("arm64", live.Architecture);
        Assert.Equal(["initramfs8"], live.Flavours.Select(flavour => flavour.Initramfs));
        Assert.Contains(live.Flavours.Single().Models, model => model.Contains('4', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(512L << 20)]
    [InlineData((700L << 20) + 12345)]
    public void The_size_can_be_chosen(long size)
    {
        using TemporaryFolder folder = new();
        string image = Build(folder, SyntheticDebian.Recipe(folder) with { Length = size });
        Assert.Equal(size / BaseLayout.Alignment * BaseLayout.Alignment, new FileInfo(image).Length);
    }

    [Fact]
    public void Too_small_a_size_is_an_error_that_says_what_is_needed()
    {
        using TemporaryFolder folder = new();
        ImageException error = Assert.Throws<ImageException>(() => Build(folder, SyntheticDebian.Recipe(folder) with { Length = 100 << 20 }));
        Assert.Equal(ErrorIds.TooLarge, error.ErrorId);
        Assert.Matches("it takes [0-9,]+ bytes at least", error.Message);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.img*"));
    }

    [Fact]
    public void Many_small_files_have_inodes_enough()
    {
        using TemporaryFolder folder = new();
        DebSample many = new("many");
        for (int i = 0; i < 70_000; i++)
            many.Tree.WithLink($"srv/{i % 97}/{i}", "/nowhere");
        Build(folder, SyntheticDebian.Recipe(folder, SyntheticDebian.Packages().Where(package => package.Name != "gawk").Append(many)));
    }

    [Fact]
    public void Keys_of_a_mirror_of_one_s_own_are_those_of_apt()
    {
        using TemporaryFolder folder = new();
        using FileSource source = new(Build(folder, SyntheticDebian.Recipe(folder) with { Keyring = [1, 2, 3] }));
        DirectoryNode root = ReadRoot(source);
        Assert.Equal([1, 2, 3], TreePath.FindFile(root, "/usr/share/keyrings/rpilive.gpg")!.Content.ReadAll());
        Assert.Contains("Signed-By: /usr/share/keyrings/rpilive.gpg\n", Encoding.UTF8.GetString(TreePath.FindFile(root, "/etc/apt/sources.list.d/debian.sources")!.Content.ReadAll()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux-image-arm64", "linux-image-" + SyntheticDebian.Release, "kernel")]
    [InlineData("busybox", "busybox", "busybox")]
    public void What_the_boot_needs_and_is_not_there_is_an_error(string package, string dependency, string says)
    {
        using TemporaryFolder folder = new();
        BaseRecipe recipe = SyntheticDebian.Recipe(folder, SyntheticDebian.Packages().Where(sample => sample.Name != package && sample.Name != dependency));
        ImageException error = Assert.Throws<ImageException>(() => Build(folder, recipe));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.img*"));
    }

    [Fact]
    public void Stops_when_asked_and_leaves_nothing()
    {
        using TemporaryFolder folder = new();
        BaseRecipe recipe = SyntheticDebian.Recipe(folder);
        foreach (BaseStage stage in (BaseStage[])[BaseStage.Unpacking, BaseStage.Root, BaseStage.Writing])
        {
            using CancellationTokenSource source = new();
            using DestinationFile destination = new(folder["stopped.img"], overwrite: false);
            Assert.ThrowsAny<OperationCanceledException>(() => new BaseImageBuilder(new ThirdPartyCodecs()).Build(recipe, destination, new At(stage, source), source.Token));
        }
        Assert.Empty(Directory.GetFiles(folder.Path, "*.img*"));
    }

    internal static string Build(TemporaryFolder folder, BaseRecipe recipe, string name = "base.img")
    {
        using DestinationFile destination = new(folder[name], overwrite: false);
        new BaseImageBuilder(new ThirdPartyCodecs()).Build(recipe, destination, null, TestContext.Current.CancellationToken);
        return folder[name];
    }

    private static (MbrPartition Boot, MbrPartition Root) Partitions(string image)
    {
        using FileSource source = new(image);
        IReadOnlyList<MbrPartition> partitions = MasterBootRecord.Read(source).Partitions;
        Assert.Equal(2, partitions.Count);
        return (partitions[0], partitions[1]);
    }

    /// <summary>The root by our own reader, which the kernel's mount is compared with above.</summary>
    private static DirectoryNode ReadRoot(FileSource source)
    {
        MbrPartition root = MasterBootRecord.Read(source).Partitions[1];
        return Ext4Volume.Open(source.Slice(root.FirstByte, root.Length, "root"), CancellationToken.None).ReadTree(CancellationToken.None);
    }

    private sealed class At(BaseStage stage, CancellationTokenSource source) : IProgress<BaseProgress>
    {
        public void Report(BaseProgress value)
        {
            if (value.Stage == stage)
                source.Cancel();
        }
    }
}
