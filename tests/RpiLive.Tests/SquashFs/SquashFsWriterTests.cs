using RpiLive.Core.Errors;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.SquashFs;

public sealed class SquashFsWriterTests
{
    [Theory]
    [InlineData("zstd", 15, 128 << 10)]
    [InlineData("zstd", 3, 4 << 10)]
    [InlineData("zstd", 1, 1 << 20)]
    [InlineData("gzip", 9, 128 << 10)]
    [InlineData("gzip", 1, 64 << 10)]
    public void All_readers_find_everything_in_the_image(string codec, int level, int blockSize)
    {
        DirectoryNode root = SampleTree.Make(blockSize);
        SquashFsOptions options = new() { Codec = Images.Codec(codec)!, Level = level, BlockSize = blockSize, Threads = 2, ModificationTime = 1_700_000_000 };
        byte[] image = Images.Write(root, options, out SquashFsSummary summary);
        Images.Judge(root, image);

        Tools.Require("unsquashfs");
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["image"], image);
        string facts = Tools.Run("unsquashfs", "-s", folder["image"]);
        Assert.Contains($"Compression {codec}\n", facts, StringComparison.Ordinal);
        Assert.Contains($"Block size {blockSize}\n", facts, StringComparison.Ordinal);
        Assert.Contains($"Number of inodes {summary.InodeCount}\n", facts, StringComparison.Ordinal);
        Assert.Contains($"Number of fragments {summary.FragmentCount}\n", facts, StringComparison.Ordinal);
        Assert.Contains($"Number of ids {summary.IdCount}\n", facts, StringComparison.Ordinal);
        Assert.Contains($"Number of xattr ids {summary.XattrSetCount}\n", facts, StringComparison.Ordinal);
        Assert.Contains($"Filesystem size {summary.BytesUsed} bytes", facts, StringComparison.Ordinal);
        Assert.Contains("Tue Nov 14 22:13:20 2023", facts, StringComparison.Ordinal);
        if (level != options.Codec.DefaultLevel)
            Assert.Contains($"compression-level {level}\n", facts, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_root_is_an_image()
    {
        DirectoryNode root = SampleTree.Directory();
        byte[] image = Images.Write(root, null, out SquashFsSummary summary);
        Images.Judge(root, image);
        Assert.Equal((1, 0, 0L, 4096L), (summary.InodeCount, summary.FileCount, summary.FileBytes, summary.TotalLength));
    }

    [Fact]
    public void The_same_tree_gives_the_same_bytes_at_any_number_of_threads()
    {
        foreach (int blockSize in (int[])[4096, 128 << 10])
        {
            DirectoryNode root = SampleTree.Make(blockSize);
            byte[] one = Images.Write(root, Images.Fast with { BlockSize = blockSize, Threads = 1 });
            foreach (int threads in (int[])[2, 5, 0, 2])
                Assert.Equal(one, Images.Write(SampleTree.Make(blockSize), Images.Fast with { BlockSize = blockSize, Threads = threads }));
        }
    }

    [Fact]
    public void The_same_content_is_stored_once()
    {
        DirectoryNode root = SampleTree.Directory();
        byte[] noise = SampleTree.Noise(1_000_000), small = SampleTree.Noise(1000);
        for (int i = 0; i < 10; i++)
        {
            root.Children.Add($"large-{i}", SampleTree.File(noise));
            root.Children.Add($"small-{i}", SampleTree.File(small));
        }
        byte[] image = Images.Write(root, null, out SquashFsSummary summary);
        Assert.InRange(summary.BytesUsed, 1_001_000, 1_005_000);
        Assert.Equal((18, 9 * 1_001_000L, 10 * 1_001_000L), (summary.DuplicateCount, summary.DuplicateBytes, summary.FileBytes));
        Images.Judge(root, image);
    }

    [Fact]
    public void Each_content_is_read_once_unless_it_starts_like_another_of_its_size()
    {
        DirectoryNode root = SampleTree.Directory();
        List<CountingContent> contents = [];
        void Add(string name, byte[] bytes)
        {
            contents.Add(new CountingContent(bytes));
            root.Children.Add(name, SampleTree.File(contents[^1]));
        }

        byte[] large = SampleTree.Noise(1_000_000);
        Add("a", large);
        Add("b", large);
        Add("c", [1, .. large[1..]]);
        Add("d", SampleTree.Noise(500_000));
        Add("e", SampleTree.Noise(5000));
        Add("f", SampleTree.Noise(5000, 1));
        Images.Write(root, null, out SquashFsSummary summary);
        Assert.Equal(1, summary.DuplicateCount);
        Assert.All(contents, content => Assert.Equal(content.Length, content.BytesRead));
    }

    [Fact]
    public void Files_are_read_in_the_order_of_their_place_on_disk()
    {
        DirectoryNode root = SampleTree.Directory();
        List<string> order = [];
        foreach ((string name, long offset) in ((string, long)[])[("a", 30), ("b", 10), ("c", -1), ("d", 20)])
            root.Children.Add(name, SampleTree.File(new CountingContent(SampleTree.Noise(200_000, (int)offset), () => order.Add(name)) { Place = offset }));
        Images.Write(root);
        Assert.Equal(["c", "b", "d", "a"], order.Distinct());
    }

    [Fact]
    public void A_sparse_file_of_terabytes_costs_little()
    {
        DirectoryNode root = SampleTree.Directory();
        root.Children.Add("lastlog", SampleTree.File(new SparseContent(1_200_000_000_000, 1_000_000_007_000, SampleTree.Text(5000))));
        root.Children.Add("six-gigabytes", SampleTree.File(new SparseContent(6L << 30, 5L << 30, SampleTree.Text(300_000))));
        root.Children.Add("six-gigabytes-too", SampleTree.File(new SparseContent(6L << 30, 5L << 30, SampleTree.Text(300_000))));
        root.Children.Add("only-hole", SampleTree.File(new SparseContent(5L << 30, 0, [])));
        byte[] image = Images.Write(root, null, out SquashFsSummary summary);
        Assert.Equal(1, summary.DuplicateCount);
        Assert.InRange(summary.TotalLength, 100_000, 400_000);

        using SquashFsVolume volume = SquashFsVolume.Open(new RpiLive.Core.Streams.MemorySource(image, "image"), Images.Codec);
        FileContent lastlog = TreePath.FindFile(volume.ReadTree(TestContext.Current.CancellationToken), "lastlog")!.Content;
        Assert.Equal(1_200_000_000_000, lastlog.Length);
        Assert.True(lastlog.IsHole(0, 1_000_000_000_000 - 131072));
        Assert.False(lastlog.IsHole(0, 1_000_000_007_001));
        byte[] text = new byte[5002];
        lastlog.Read(1_000_000_006_999, text);
        Assert.Equal((byte[])[0, .. SampleTree.Text(5000), 0], text);

        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["image"], image);
        Directory.CreateDirectory(folder["mount"]);
        Tools.Run("mount", "-t", "squashfs", "-o", "loop,ro", folder["image"], folder["mount"]);
        try
        {
            string mount = folder["mount"];
            Assert.Equal("1200000000000 5368709120 6442450944 6442450944", Tools.Shell($"cd '{mount}'; stat -c %s * | tr '\\n' ' '").Trim());
            Assert.InRange(long.Parse(Tools.Shell($"stat -c %b '{mount}/lastlog'")), 1, 1000);
            File.WriteAllBytes(folder["text"], SampleTree.Text(5000));
            Tools.Shell($"cmp -n 5000 -i 1000000007000:0 '{mount}/lastlog' '{folder["text"]}'");
            File.WriteAllBytes(folder["text"], SampleTree.Text(300_000));
            Tools.Shell($"cmp -n 300000 -i {5L << 30}:0 '{mount}/six-gigabytes-too' '{folder["text"]}'");
        }
        finally
        {
            Tools.Run("umount", folder["mount"]);
        }
    }

    [Fact]
    public void A_directory_of_100_000_names_is_found_by_name_and_by_listing()
    {
        DirectoryNode root = SampleTree.Directory(), large = SampleTree.Directory();
        root.Children.Add("large", large);
        for (int i = 0; i < 100_000; i++)
            large.Children.Add($"a-name-of-some-length-{i * 7919L % 100_003:D6}", i % 1000 == 0 ? SampleTree.Directory() : SampleTree.File(i % 100 == 0 ? SampleTree.Text(i % 321) : []));
        byte[] image = Images.Write(root);
        string[] expected = TreeListing.Of(root);
        Assert.Equal(expected, Images.List(image));
        // The lister opens each by its name, so the kernel goes through the directory's index.
        Assert.Equal(expected, Images.ListMounted(image));
        Images.Describe(image);
    }

    [Fact]
    public void Hard_links_far_apart_keep_within_the_reach_of_inode_numbers()
    {
        DirectoryNode root = SampleTree.Directory();
        FileNode[] early = [.. Enumerable.Range(0, 300).Select(i => SampleTree.File(SampleTree.Text(i)))];
        DirectoryNode a = SampleTree.Directory(), z = SampleTree.Directory();
        root.Children.Add("a", a);
        root.Children.Add("z", z);
        for (int i = 0; i < 300; i++)
        {
            a.Children.Add($"early-{i:D3}", early[i]);
            z.Children.Add($"{i:D3}-again", early[299 - i]);
            z.Children.Add($"{i:D3}-new", SampleTree.File(SampleTree.Text(5)));
        }
        DirectoryNode middle = SampleTree.Directory();
        root.Children.Add("m", middle);
        for (int i = 0; i < 40_000; i++)
            middle.Children.Add($"{i:D5}", SampleTree.File([]));
        byte[] image = Images.Write(root);
        Assert.Equal(TreeListing.Of(root), Images.List(image));
        Assert.Equal(TreeListing.Of(root), Images.ListMounted(image));
    }

    [Fact]
    public void A_thousand_directories_deep_is_no_problem()
    {
        DirectoryNode root = SampleTree.Directory(), at = root;
        for (int i = 0; i < 1000; i++)
        {
            DirectoryNode next = SampleTree.Directory();
            at.Children.Add("d", next);
            at = next;
        }
        byte[] image = Images.Write(root);
        string[] expected = TreeListing.Of(root);
        Assert.Equal(expected, Images.List(image));
        Assert.Equal(expected, Images.ListMounted(image));
    }

    [Fact]
    public void As_many_ids_as_the_format_can_hold_are_kept()
    {
        DirectoryNode root = TreeWithOwners(65_534);
        byte[] image = Images.Write(root, null, out SquashFsSummary summary);
        Assert.Equal(65_535, summary.IdCount);
        Assert.Equal(TreeListing.Of(root), Images.List(image));
        Assert.Equal(TreeListing.Of(root), Images.ListMounted(image));
    }

    [Fact]
    public void More_ids_than_the_format_can_hold_are_refused()
    {
        ImageException e = Assert.Throws<ImageException>(() => Images.Write(TreeWithOwners(65_535)));
        Assert.Equal(ErrorIds.TooLarge, e.ErrorId);
        Assert.Contains("65,535", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Times_outside_of_32_bits_are_moved_to_the_nearer_end_and_counted()
    {
        DirectoryNode root = SampleTree.Directory();
        foreach ((string name, long seconds) in ((string, long)[])[("before", -1), ("first", 0), ("last", uint.MaxValue), ("after", uint.MaxValue + 1L), ("long-ago", -2_000_000_000)])
        {
            FileNode file = SampleTree.File([]);
            file.ModifiedTime = new Timestamp(seconds);
            root.Children.Add(name, file);
        }
        byte[] image = Images.Write(root, null, out SquashFsSummary summary);
        Assert.Equal(3, summary.ClampedTimeCount);
        Assert.Equal(TreeListing.Of(root), Images.List(image));
        Assert.Equal(TreeListing.Of(root), Images.ListMounted(image));
    }

    [Fact]
    public void Options_of_the_compressor_are_as_mksquashfs_writes_them()
    {
        Tools.Require("mksquashfs");
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["root"]);
        foreach ((string codec, int level) in ((string, int)[])[("gzip", 9), ("gzip", 4), ("zstd", 15), ("zstd", 22)])
        {
            Tools.Run("mksquashfs", folder["root"], folder["image"], "-noappend", "-quiet", "-no-progress", "-comp", codec, "-Xcompression-level", $"{level}", "-mkfs-time", "1", "-all-root");
            byte[] theirs = File.ReadAllBytes(folder["image"]);
            byte[] ours = Images.Write(SampleTree.Directory(), Images.Fast with { Codec = Images.Codec(codec)!, Level = level, ModificationTime = 1 });
            int optionsLength = (int)BitConverter.ToUInt64(theirs, 64) - 96;
            Assert.Equal(theirs[96..(96 + optionsLength)], ours[96..(96 + optionsLength)]);
            // All of the superblock but the flag for "no xattrs" and sizes that hang on the compressor's version.
            Assert.Equal(theirs[..24], ours[..24]);
            Assert.Equal(theirs[26..40], ours[26..40]);
            Assert.Equal(theirs[64..72], ours[64..72]);
        }
    }

    [Fact]
    public void Xattr_sets_are_stored_as_mksquashfs_stores_them()
    {
        Tools.Require("mksquashfs", "setfattr");
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        string root = folder["root"];
        Tools.Shell($"mkdir '{root}'; echo 1 > '{root}/f'; setfattr -n trusted.abc -v value '{root}/f'; setfattr -n security.x -v '' '{root}/f'");
        Tools.Run("mksquashfs", root, folder["image"], "-noappend", "-quiet", "-no-progress");
        byte[] theirs = File.ReadAllBytes(folder["image"]);
        DirectoryNode tree = SampleTree.Directory();
        FileNode file = SampleTree.File("1\n"u8.ToArray());
        file.Xattrs = [new Xattr("security.x", []), new Xattr("trusted.abc", "value"u8.ToArray())];
        tree.Children.Add("f", file);
        Assert.Equal(XattrEntry(theirs), XattrEntry(Images.Write(tree, Images.Fast with { Codec = Images.Gzip, Level = 9 })));
    }

    [Fact]
    public void Xattrs_larger_than_most_file_systems_can_hold_are_kept()
    {
        DirectoryNode root = SampleTree.Directory();
        byte[] longest = SampleTree.Noise(65536), shared = SampleTree.Text(9000);
        void Add(string name, params Xattr[] set)
        {
            FileNode file = SampleTree.File([]);
            file.Xattrs = set;
            root.Children.Add(name, file);
        }

        Add("longest-value", new Xattr("trusted.long", longest));
        Add("longest-value-again", new Xattr("trusted.long", longest), new Xattr("user.own", "x"u8.ToArray()));
        Add("a-thousand", [.. Enumerable.Range(0, 1000).Select(i => new Xattr($"user.number-{i:D4}", SampleTree.Noise(i % 400, i)))]);
        for (int i = 0; i < 3000; i++)
            Add($"set-{i}", new Xattr("trusted.differs", BitConverter.GetBytes(i / 2)), new Xattr("trusted.shared", shared));
        byte[] image = Images.Write(root, null, out SquashFsSummary summary);
        Assert.Equal(1503, summary.XattrSetCount);
        Assert.InRange(summary.BytesUsed, 65536, 600_000);
        Assert.Equal(TreeListing.Of(root), Images.List(image));
        Assert.Equal(TreeListing.Of(root), Images.ListMounted(image));
    }

    [Fact]
    public void Xattrs_outside_of_the_namespaces_of_the_format_are_refused_with_the_path()
    {
        foreach (string name in (string[])["system.posix_acl_access", "other.x", "plain"])
        {
            DirectoryNode root = SampleTree.Directory(), log = SampleTree.Directory();
            root.Children.Add("log", log);
            FileNode file = SampleTree.File([]);
            file.Xattrs = [new Xattr(name, [1])];
            log.Children.Add("journal", file);
            Assert.Contains("/log/journal has the extended attribute " + name, Assert.Throws<ArgumentException>(() => Images.Write(root)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_breaks_the_rules_of_a_tree_is_refused()
    {
        DirectoryNode twice = SampleTree.Directory(), inner = SampleTree.Directory();
        twice.Children.Add("a", inner);
        twice.Children.Add("b", inner);
        Assert.Contains("/b", Assert.Throws<ArgumentException>(() => Images.Write(twice)).Message, StringComparison.Ordinal);

        DirectoryNode cycle = SampleTree.Directory();
        cycle.Children.Add("self", cycle);
        Assert.Throws<ArgumentException>(() => Images.Write(cycle));

        foreach (string name in (string[])["", ".", "..", "a/b", "a\0", new string('x', 256)])
        {
            DirectoryNode root = SampleTree.Directory();
            root.Children.Add(name, SampleTree.File([]));
            Assert.Throws<ArgumentException>(() => Images.Write(root));
        }
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused()
    {
        Refused(SampleTree.Link(new string('x', 4096)));
        Refused(SampleTree.Link(""));
        Refused(new SpecialNode(SpecialKind.BlockDevice, 4096, 0));
        Refused(new SpecialNode(SpecialKind.CharacterDevice, 0, 1 << 20));
        Refused(new FileNode(new MemoryContent(default)) { Xattrs = [new Xattr("user.x", new byte[65537])] });
        Refused(new FileNode(new MemoryContent(default)) { Xattrs = [new Xattr("user." + new string('x', 251), [])] });
        Refused(new FileNode(new SparseContent(1L << 50, 0, [])));

        static void Refused(TreeNode node)
        {
            DirectoryNode root = SampleTree.Directory();
            root.Children.Add("x", node);
            Assert.Equal(ErrorIds.TooLarge, Assert.Throws<ImageException>(() => Images.Write(root)).ErrorId);
        }
    }

    [Theory]
    [InlineData(2048, 1, 1)]
    [InlineData(2 << 20, 1, 1)]
    [InlineData(100_000, 1, 1)]
    [InlineData(4096, 23, 1)]
    [InlineData(4096, 1, -1)]
    public void Options_out_of_range_are_refused(int blockSize, int level, int threads) =>
        Assert.Throws<ArgumentException>(() => Images.Write(SampleTree.Directory(), Images.Fast with { BlockSize = blockSize, Level = level, Threads = threads }));

    [Fact]
    public void Progress_rises_to_all_bytes()
    {
        DirectoryNode root = SampleTree.Make();
        List<long> reports = [];
        SquashFsSummary summary = SquashFsWriter.Write(root, new MemoryTarget(), Images.Fast, new Reporter(reports.Add), TestContext.Current.CancellationToken);
        Assert.Equal(reports.Order(), reports);
        Assert.Equal(summary.FileBytes, reports[^1]);
        Assert.True(reports.Count > 3);
    }

    private static DirectoryNode TreeWithOwners(int count)
    {
        DirectoryNode root = SampleTree.Directory();
        for (int i = 1; i <= count; i++)
        {
            FileNode file = SampleTree.File([]);
            file.UserId = (uint)i;
            root.Children.Add($"{i:D6}", file);
        }
        return root;
    }

    /// <summary>The only entry of the xattr table, unpacked: reference, count, size.</summary>
    private static byte[] XattrEntry(byte[] image)
    {
        long header = BitConverter.ToInt64(image, 56);
        long block = BitConverter.ToInt64(image, (int)header + 16);
        ushort size = BitConverter.ToUInt16(image, (int)block);
        byte[] stored = image[((int)block + 2)..((int)block + 2 + (size & 0x7FFF))];
        byte[] entry = new byte[16];
        if ((size & 0x8000) != 0)
            stored.CopyTo(entry, 0);
        else
            Assert.Equal(16, Images.Gzip.CreateDecompressor().Decompress(stored, entry));
        return entry;
    }

    private sealed class Reporter(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
