using RpiLive.Core.Errors;
using RpiLive.Core.Ext4.Making;
using RpiLive.Core.Tree;
using RpiLive.Tests.SquashFs;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4.Making;

public sealed class MakerRulesTests
{
    private const long Mega = 1L << 20;

    [Fact]
    public void The_same_input_gives_the_same_bytes()
    {
        RecordingTarget first = new(), second = new(), other = new();
        Ext4Maker.Make(first, 100 * Mega, NewVolumes.Options(), SampleTree.Make(), TestContext.Current.CancellationToken);
        Ext4Maker.Make(second, 100 * Mega, NewVolumes.Options(), SampleTree.Make(), TestContext.Current.CancellationToken);
        Ext4Maker.Make(other, 100 * Mega, NewVolumes.Options() with { Label = "other" }, SampleTree.Make(), TestContext.Current.CancellationToken);
        Assert.Equal((first.Hash, first.Written), (second.Hash, second.Written));
        Assert.NotEqual(first.Hash, other.Hash);
    }

    [Theory]
    [InlineData(8 * Mega, 1 * Mega)]
    [InlineData(1024 * Mega, 4 * Mega)]
    [InlineData(1024 * 1024 * Mega, 30 * Mega)]
    [InlineData(16 * 1024 * 1024 * Mega, 400 * Mega)]
    public void An_empty_one_takes_little_space_and_stays_inside_its_size(long size, long limit)
    {
        RecordingTarget target = new();
        Ext4Summary summary = Ext4Maker.Make(target, size, NewVolumes.Options(), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(size, summary.Length);
        Assert.InRange(target.Written, 1, limit);
        Assert.InRange(target.End, 1, size);
    }

    [Fact]
    public void A_tree_without_room_is_refused_before_anything_is_written()
    {
        DirectoryNode large = NewVolumes.Root(), many = NewVolumes.Root(), scattered = NewVolumes.Root();
        large.Children.Add("large", SampleTree.File(SampleTree.Noise(5_000_000)));
        for (int i = 0; i < 2040; i++)
            many.Children.Add($"{i}", SampleTree.File([]));
        scattered.Children.Add("huge", SampleTree.File(new CombContent(100_000_000)));
        Refuses(ErrorIds.TooLarge, large, "/large");
        Refuses(ErrorIds.TooLarge, many, "2,048 inodes");
        Refuses(ErrorIds.TooLarge, scattered, "/huge");
    }

    [Fact]
    public void Work_that_ends_early_leaves_no_superblock()
    {
        DirectoryNode tree = NewVolumes.Root();
        using CancellationTokenSource cancellation = new();
        tree.Children.Add("first", SampleTree.File(SampleTree.Noise(10_000)));
        tree.Children.Add("second", SampleTree.File(new CancellingContent(cancellation)));
        RecordingTarget target = new();
        Assert.ThrowsAny<OperationCanceledException>(() => Ext4Maker.Make(target, 64 * Mega, NewVolumes.Options(), tree, cancellation.Token));
        Assert.InRange(target.Written, 10_000, 2 * Mega);
        Assert.False(target.HasSuperblock);
        Ext4Maker.Make(target, 64 * Mega, NewVolumes.Options(), cancellation: TestContext.Current.CancellationToken);
        Assert.True(target.HasSuperblock);
    }

    [Fact]
    public void A_file_that_fills_the_last_block_fits_and_one_more_does_not()
    {
        using TemporaryFolder folder = new();
        DirectoryNode tree = NewVolumes.Root();
        long free = NewVolumes.Make(folder["image"], 8 * Mega, tree).FreeBlocks;
        tree.Children.Add("fits", SampleTree.File(SampleTree.Noise((int)free * 4096)));
        Assert.Equal(0, NewVolumes.Make(folder["image"], 8 * Mega, tree).FreeBlocks);
        NewVolumes.Check(folder["image"]);
        tree.Children.Add("not", SampleTree.File([1]));
        Refuses(ErrorIds.TooLarge, tree, "/not");
    }

    [Fact]
    public void What_ext4_cannot_hold_is_refused_by_name()
    {
        Refuses(ErrorIds.TooLarge, With(new SymlinkNode([])), "/dir/it leads to 0 bytes");
        Refuses(ErrorIds.TooLarge, With(new SymlinkNode(SampleTree.Text(4096))), "/dir/it leads to 4,096 bytes");
        Refuses(ErrorIds.TooLarge, With(new SpecialNode(SpecialKind.BlockDevice, 4096, 0)), "/dir/it");
        Refuses(ErrorIds.TooLarge, With(new SpecialNode(SpecialKind.BlockDevice, 0, 1 << 20)), "/dir/it");
        Refuses(ErrorIds.TooLarge, With(new FileNode(new SparseContent(16L << 40, 0, [1]))), "/dir/it");
        Refuses(ErrorIds.DestinationUnwritable, With(Attributed("what.ever", 1)), "what.ever");
        Refuses(ErrorIds.DestinationUnwritable, With(Attributed("user.", 1)), "user.");
        Refuses(ErrorIds.DestinationUnwritable, With(Attributed("user." + new string('n', 256), 1)), "256 bytes");
        Refuses(ErrorIds.DestinationUnwritable, With(Attributed("user.large", 4060)), "/dir/it");
        Refuses(ErrorIds.DestinationUnwritable, With(Attributed("system.posix_acl_access", 7)), "system.posix_acl_access");
        DirectoryNode root = SampleTree.Directory();
        root.Children.Add("lost+found", SampleTree.File([]));
        Refuses(ErrorIds.DestinationUnwritable, root, "lost+found");
        FileNode file = SampleTree.File([]);
        DirectoryNode links = With(file);
        for (int i = 0; i < 65_000; i++)
            links.Children.Add($"{i}", file);
        Refuses(ErrorIds.TooLarge, links, "65,000 names");
    }

    [Fact]
    public void Attributes_that_just_fit_are_clean()
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        DirectoryNode tree = NewVolumes.Root();
        foreach (int size in (int[])[0, 1, 3, 4, 59, 60, 61, 64, 65, 4000, 4036])
            tree.Children.Add($"file-{size}", Attributed("user.long", size));
        tree.Children.Add("several", new FileNode(new MemoryContent(default))
        {
            Xattrs = [.. Enumerable.Range(10, 40).Select(i => new Xattr($"trusted.{i}", SampleTree.Noise(i))), new Xattr("user.åäö", [1, 2, 3])],
        });
        NewVolumes.Make(folder["image"], 64 * Mega, tree);
        NewVolumes.Check(folder["image"]);
        using (LoopMount mount = new(folder["image"], "ext4", "rw"))
        {
            MountedTree.AssertSame(tree, mount.Path);
            Tools.Shell($"cd '{mount.Path}'; for f in file-* several; do setfattr -n user.more -v x $f || [ $f = file-4036 ] || [ $f = file-4000 ]; setfattr -x user.more $f || true; done");
        }
        NewVolumes.Check(folder["image"]);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("hello")]
    [InlineData("exactly-32-bytes-are-in-this-nam")]
    [InlineData("more-than-32-bytes-are-in-this-name-which-goes-on-and-on-until-it-has-filled-its-third-chunk")]
    public void Names_have_the_hash_that_debugfs_computes(string name)
    {
        Tools.Require("debugfs");
        Guid seed = NewVolumes.Options().HashSeed;
        foreach (Guid each in (Guid[])[seed, Guid.Empty])
        {
            (uint major, uint minor) = new DirectoryHash(each).Of(new FileName(name).Bytes);
            string option = each == Guid.Empty ? "" : $"-s {seed} ";
            string output = Tools.Run("debugfs", "-R", $"dx_hash -h half_md4 {option}{name}", "/dev/null");
            Assert.Contains($"is 0x{major:x} (minor 0x{minor:x})", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Options_that_break_their_rules_are_refused()
    {
        RecordingTarget target = new();
        Assert.Throws<ArgumentOutOfRangeException>(() => Make((8 * Mega) - 1, NewVolumes.Options()));
        Assert.Throws<ArgumentOutOfRangeException>(() => Make((16L << 40) + 1, NewVolumes.Options()));
        Assert.Throws<ArgumentException>(() => Make(8 * Mega, NewVolumes.Options() with { Label = "seventeen bytes å" }));
        Assert.Throws<ArgumentException>(() => Make(8 * Mega, NewVolumes.Options() with { BytesPerInode = 4095 }));
        Assert.Throws<ArgumentException>(() => Make(8 * Mega, NewVolumes.Options(reserved: 51)));
        Assert.Throws<ArgumentException>(() => Make(8 * Mega, NewVolumes.Options() with { Timestamp = new(-1) }));
        Assert.Equal(0, target.Written);

        void Make(long length, Ext4Options options) => Ext4Maker.Make(target, length, options, cancellation: TestContext.Current.CancellationToken);
    }

    private static void Refuses(string errorId, DirectoryNode tree, string text)
    {
        RecordingTarget target = new();
        ImageException error = Assert.Throws<ImageException>(
            () => Ext4Maker.Make(target, 8 * Mega, NewVolumes.Options(), tree, TestContext.Current.CancellationToken));
        Assert.Equal((errorId, 0), (error.ErrorId, target.Written));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    private static DirectoryNode With(TreeNode node)
    {
        DirectoryNode root = NewVolumes.Root(), directory = SampleTree.Directory();
        root.Children.Add("dir", directory);
        directory.Children.Add("it", node);
        return root;
    }

    private static FileNode Attributed(string name, int size) =>
        new(new MemoryContent(default)) { Xattrs = [new Xattr(name, SampleTree.Noise(size))] };

    /// <summary>Cancels while its first bytes are read.</summary>
    private sealed class CancellingContent(CancellationTokenSource cancellation) : FileContent
    {
        public override long Length => 2 * Mega;

        public override void Read(long offset, Span<byte> buffer)
        {
            cancellation.Cancel();
            buffer.Fill(1);
        }
    }
}
