using RpiLive.Core.Ext4;
using RpiLive.Core.Ext4.Making;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.SquashFs;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4.Making;

public sealed class FilledVolumeTests(EverythingFixture everything) : IClassFixture<EverythingFixture>
{
    private const long Mega = 1L << 20;

    [Theory]
    [InlineData(64 * Mega)]
    [InlineData(1500 * Mega)]
    public void Everything_that_mke2fs_wrote_comes_out_of_ours_too(long size)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["theirs"], "64M", "-t ext4", everything.Path(withAttributes: true));
        using FileSource source = new(folder["theirs"]);
        DirectoryNode tree = Samples.Read(source).Root;
        NewVolumes.Make(folder["ours"], size, tree);
        NewVolumes.Check(folder["ours"]);
        using (LoopMount mount = new(folder["ours"], "ext4"))
            MountedTree.AssertSame(tree, mount.Path);
        using FileSource ours = new(folder["ours"]);
        MountedTree.AssertSame(MountedTree.Describe(tree), MountedTree.Describe(Samples.Read(ours).Root));
    }

    [Fact]
    public void Times_owners_and_allocation_of_a_mounted_one_come_out_too()
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["theirs"], "256M", "-t ext4");
        using (LoopMount mount = new(folder["theirs"], "ext4", "rw"))
            Samples.Fill(mount.Path, Samples.Everything, Samples.Attributes, Samples.Nanoseconds, Samples.Allocation);
        using FileSource source = new(folder["theirs"]);
        DirectoryNode tree = Samples.Read(source).Root;
        NewVolumes.Make(folder["ours"], 100 * Mega, tree);
        NewVolumes.Check(folder["ours"]);
        using LoopMount ours = new(folder["ours"], "ext4");
        MountedTree.AssertSame(tree, ours.Path);
    }

    [Theory]
    [InlineData(90, 30)]
    [InlineData(300, 200)]
    [InlineData(3000, 12)]
    [InlineData(30_000, 90)]
    [InlineData(30_000, 250)]
    public void The_kernel_finds_every_name_in_a_large_directory(int count, int nameLength)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        DirectoryNode root = NewVolumes.Root(), large = SampleTree.Directory();
        root.Children.Add("large", large);
        FileNode file = SampleTree.File("x"u8.ToArray());
        for (int i = 0; i < count; i++)
            large.Children.Add($"é{i}-".PadRight(nameLength - 1, 'n'), file);
        NewVolumes.Make(folder["image"], 100 * Mega, root);
        NewVolumes.Check(folder["image"]);
        using (LoopMount mount = new(folder["image"], "ext4", "rw"))
        {
            MountedTree.AssertSame(root, mount.Path);
            Tools.Shell($"cd '{mount.Path}/large'; for i in $(seq 1 500); do echo $i > new$i; done; find . -name 'é1*' -delete");
        }
        NewVolumes.Check(folder["image"]);
        if (count > 90)
            Assert.Contains("Hash Version: 1", Tools.Run("debugfs", "-R", "htree_dump /large", folder["image"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_with_more_subdirectories_than_links_can_count_is_clean()
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        DirectoryNode root = NewVolumes.Root(), large = SampleTree.Directory();
        root.Children.Add("large", large);
        for (int i = 0; i < 65_100; i++)
            large.Children.Add($"{i}", SampleTree.Directory());
        NewVolumes.Make(folder["image"], 511 * Mega, root);
        NewVolumes.Check(folder["image"]);
        using LoopMount mount = new(folder["image"], "ext4", "rw");
        Assert.Equal("1\n", Tools.Run("stat", "-c", "%h", mount.Path + "/large"));
        Tools.Run("mkdir", mount.Path + "/large/more");
    }

    [Fact]
    public void A_file_of_thousands_of_extents_reads_right()
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        DirectoryNode root = NewVolumes.Root();
        for (int extents = 1; extents <= 200_000; extents = extents < 8 ? extents + 1 : extents * 7)
            root.Children.Add($"comb-{extents}", SampleTree.File(new CombContent(extents)));
        root.Children.Add("far", SampleTree.File(new SparseContent((16L << 40) - 8192, (15L << 40) + 5000, SampleTree.Noise(100_000))));
        NewVolumes.Make(folder["image"], 1024 * Mega, root);
        NewVolumes.Check(folder["image"]);
        using LoopMount mount = new(folder["image"], "ext4", "rw");
        byte[] piece = new byte[100_002], expected = new byte[100_002];
        using (FileStream far = File.OpenRead(mount.Path + "/far"))
        {
            Assert.Equal((16L << 40) - 8192, far.Length);
            far.Position = (15L << 40) + 4999;
            far.ReadExactly(piece);
        }
        ((FileNode)root.Children["far"]).Content.Read((15L << 40) + 4999, expected);
        Assert.Equal(expected, piece);
        // Nobody reads 16 TiB of zeros for the comparison.
        File.Delete(mount.Path + "/far");
        root.Children.Remove("far");
        MountedTree.AssertSame(root, mount.Path, withRoot: false);
    }

    [Theory]
    [InlineData(64 * Mega)]
    [InlineData(100 * Mega)]
    [InlineData(1024 * 1024 * Mega)]
    public void The_kernel_writes_to_it(long size)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        NewVolumes.Make(folder["image"], size);
        using (LoopMount mount = new(folder["image"], "ext4", "rw"))
            Samples.Fill(mount.Path, Samples.Everything, Samples.Attributes, Samples.Allocation);
        NewVolumes.Check(folder["image"]);
        Assert.Contains("journal_64bit", NewVolumes.Dump(folder["image"])["Journal features"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, 300)]
    [InlineData(1024, 3072)]
    public void It_can_be_grown_offline(long before, long after)
    {
        Tools.Require("resize2fs");
        using TemporaryFolder folder = new();
        NewVolumes.Make(folder["image"], before * Mega, SampleTree.Make());
        Tools.Run("e2fsck", "-fp", folder["image"]);
        Tools.Run("resize2fs", folder["image"], $"{after}M");
        NewVolumes.Check(folder["image"]);
        Assert.Equal($"{after * 256}", NewVolumes.Dump(folder["image"])["Block count"]);
        using FileSource source = new(folder["image"]);
        DirectoryNode root = Samples.Read(source).Root;
        root.Children.Remove("lost+found");
        MountedTree.AssertSame(MountedTree.Describe(SampleTree.Make()), MountedTree.Describe(root));
    }

    [Fact]
    public void It_can_be_grown_while_it_is_mounted()
    {
        Tools.RequireRoot();
        Tools.Require("resize2fs", "findmnt");
        using TemporaryFolder folder = new();
        NewVolumes.Make(folder["image"], 64 * Mega, SampleTree.Make());
        Tools.Run("truncate", "-s", "400M", folder["image"]);
        using (LoopMount mount = new(folder["image"], "ext4", "rw"))
        {
            string device = Tools.Run("findmnt", "-n", "-o", "SOURCE", mount.Path).Trim();
            (int exitCode, string output) = Tools.TryRun("resize2fs", device);
            // Containers with loop mounts may still lack CAP_SYS_RESOURCE.
            Assert.SkipWhen(output.Contains("Permission denied", StringComparison.Ordinal), "The kernel does not let us grow mounted file systems here.");
            Assert.True(exitCode == 0, output);
        }
        NewVolumes.Check(folder["image"]);
        Assert.Equal($"{400 * 256}", NewVolumes.Dump(folder["image"])["Block count"]);
    }
}
