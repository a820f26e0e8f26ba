using System.Buffers.Binary;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Fat;

public sealed class Fat32BuilderTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    [InlineData(32768)]
    public void A_volume_is_clean_for_fsck_and_mtools_reads_every_file_back(int clusterSize)
    {
        Tools.Require("fsck.vfat", "mcopy");
        using TemporaryFolder folder = new();
        DirectoryNode tree = Volumes.SampleTree();
        Volumes.Build(folder["image"], builder => builder.AddTree(tree), Volumes.Options(clusterSize: clusterSize), freeBytes: 1 << 20);
        Volumes.Check(folder["image"]);

        Directory.CreateDirectory(folder["out"]);
        Tools.Shell($"TZ=UTC mcopy -s -m -i '{folder["image"]}' '::*' '{folder["out"]}'");
        Assert.Equal(Volumes.List(tree), Volumes.List(folder["out"]));
    }

    [Fact]
    public void Our_reader_gives_the_tree_that_was_written()
    {
        using TemporaryFolder folder = new();
        DirectoryNode tree = Volumes.SampleTree();
        Volumes.Add(tree, "beyond the basic plane 😀.txt", [1]);
        Volumes.Add(tree, "CON", [2]);
        Volumes.Build(folder["image"], builder => builder.AddTree(tree));
        using FileSource source = new(folder["image"]);
        FatVolume volume = FatVolume.Open(source);
        Assert.Equal(Volumes.List(tree), Volumes.List(volume.ReadTree()));
        Assert.Equal((FatType.Fat32, 0x1234ABCDu, "bootfs", source.Length), (volume.Type, volume.VolumeId, volume.ReadLabel(), volume.Length));
    }

    [Fact]
    public void A_volume_inside_a_partition_is_read_by_mtools_at_its_offset()
    {
        Tools.Require("mdir", "mtype", "minfo");
        using TemporaryFolder folder = new();
        const int Start = 8 << 20;
        using (DestinationFile file = new(folder["image"], overwrite: false))
        {
            Fat32Builder builder = new(file.Target.From(Start), Volumes.Options(hidden: Start / 512));
            builder.AddFile("live/rpilive.conf", new MemoryContent("toram=yes\n"u8.ToArray()), Volumes.Time);
            long length = builder.Finish(0);
            MasterBootRecord.Write(file.Target, 0xCAFEF00D, [new(1, 0x0C, Start, length)]);
            file.Target.SetLength(Start + length);
            file.Commit();
        }
        string image = folder["image"] + "@@8M";
        Assert.Contains("rpilive.conf", Tools.Run("mdir", "-i", image, "::/live"));
        Assert.Equal("toram=yes\n", Tools.Run("mtype", "-i", image, "::live/rpilive.conf"));
        string info = Tools.Run("minfo", "-i", image, "::");
        Assert.Contains("hidden sectors: 16384", info);
        Assert.Contains("serial number: 1234ABCD", info);
        Assert.Contains("bootfs", Tools.Run("mdir", "-i", image, "::"));
    }

    [Fact]
    public void A_file_of_unknown_length_lies_where_its_window_wrote_it()
    {
        Tools.Require("fsck.vfat", "mtype");
        using TemporaryFolder folder = new();
        byte[] squashfs = Volumes.Noise(1, 5_000_001);
        FatFileLocation location = default;
        Volumes.Build(folder["image"], builder =>
        {
            builder.AddTree(Volumes.SampleTree(3));
            RandomAccessTarget target = builder.BeginFile("live/root.squashfs", Volumes.Time);
            target.Write(96, squashfs.AsSpan(96));
            target.Write(0, squashfs.AsSpan(0, 96));
            builder.EndFile(squashfs.Length);
            builder.AddFile("live/root.squashfs.sha256", new MemoryContent("abc\n"u8.ToArray()), Volumes.Time);
            location = builder.Locate("LIVE/root.squashfs");
        });
        Volumes.Check(folder["image"]);
        Assert.Equal(squashfs.Length, location.Length);
        using FileSource source = new(folder["image"]);
        byte[] written = new byte[squashfs.Length];
        source.ReadExactly(location.Offset, written);
        Assert.Equal(squashfs, written);
        FileNode? found = FatPath.FindFile(FatVolume.Open(source).ReadTree(), "Live/ROOT.squashfs");
        Assert.Equal(squashfs, found!.Content.ReadAll());
        Assert.Equal(location.Offset, found.Content.DiskOffset);
    }

    [Fact]
    public void Directories_that_outgrow_their_first_clusters_are_continued()
    {
        Tools.Require("fsck.vfat", "mdir");
        using TemporaryFolder folder = new();
        Volumes.Build(folder["image"], builder =>
        {
            for (int i = 0; i < 3000; i++)
            {
                builder.AddFile($"file with a long name {i}.txt", new MemoryContent(new byte[] { 1 }), Volumes.Time);
                builder.AddFile($"live/file with a long name {i}.txt", new MemoryContent(new byte[] { 2 }), Volumes.Time);
            }
        });
        Volumes.Check(folder["image"]);
        foreach (string directory in (string[])["::", "::/live"])
            Assert.Equal(3000, Tools.Run("mdir", "-b", "-i", folder["image"], directory).Split('\n').Count(line => line.Contains("file with")));
    }

    [Fact]
    public void The_root_has_cluster_2_and_files_follow_in_source_order_in_one_piece_each()
    {
        using TemporaryFolder folder = new();
        DirectoryNode tree = Volumes.Directory();
        Volumes.Add(tree, "a", new byte[5000], diskOffset: 900_000);
        Volumes.Add(tree, "b", new byte[5000]);
        Volumes.Add(tree, "c", new byte[5000], diskOffset: 100);
        DirectoryNode sub = Volumes.Directory();
        tree.Children.Add("0sub", sub);
        Volumes.Add(sub, "d", new byte[1], diskOffset: 1);
        string order = "";
        Volumes.Build(folder["image"], builder =>
        {
            builder.AddTree(tree);
            order = string.Join(" ", "a b c 0sub/d".Split(" ").OrderBy(name => builder.Locate(name).Offset));
        });
        Assert.Equal("c a b 0sub/d", order);
        byte[] rootCluster = new byte[4];
        using FileSource source = new(folder["image"]);
        source.ReadExactly(44, rootCluster);
        Assert.Equal("02000000", Convert.ToHexString(rootCluster));
    }

    [Fact]
    public void The_last_cluster_stays_free_and_the_free_space_is_what_was_asked_for()
    {
        using TemporaryFolder folder = new();
        const long Free = 300L << 20;
        Volumes.Build(folder["image"], builder => builder.AddTree(Volumes.SampleTree(10)), Volumes.Options(400L << 20), Free);
        using FileSource source = new(folder["image"]);
        byte[] head = new byte[1 << 20];
        source.ReadExactly(0, head);
        uint free = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(512 + 488));
        Assert.Equal(Free / 4096 + 1, free);
        FatVolume volume = FatVolume.Open(source);
        int tableOffset = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(14)) * 512;
        byte[] entry = new byte[4];
        source.ReadExactly(tableOffset + (volume.ClusterCount + 1) * 4, entry);
        Assert.Equal("00000000", Convert.ToHexString(entry));
        source.ReadExactly(tableOffset, entry);
        Assert.Equal("F8FFFF0F", Convert.ToHexString(entry));
        source.ReadExactly(tableOffset + 4, entry);
        Assert.Equal("FFFFFF0F", Convert.ToHexString(entry));
    }

    [Fact]
    public void A_small_volume_has_enough_clusters_for_FAT32_and_takes_no_space_for_free_ones()
    {
        Tools.Require("fsck.vfat", "du");
        using TemporaryFolder folder = new();
        Volumes.Build(folder["image"], builder => builder.AddFile("a", new MemoryContent(new byte[] { 1 }), Volumes.Time));
        Volumes.Check(folder["image"]);
        using FileSource source = new(folder["image"]);
        Assert.InRange(FatVolume.Open(source).ClusterCount, 65_525u + 16, 65_600u);
        Assert.InRange(int.Parse(Tools.Run("du", "-k", folder["image"]).Split('\t')[0]), 1, 100);
    }

    [Fact]
    public void An_empty_volume_is_clean()
    {
        Tools.Require("fsck.vfat");
        using TemporaryFolder folder = new();
        Volumes.Build(folder["image"], _ => { });
        Volumes.Check(folder["image"]);
    }

    [Fact]
    public void The_data_of_a_large_layout_starts_at_a_whole_MiB_of_the_disk()
    {
        Tools.Require("fsck.vfat");
        using TemporaryFolder folder = new();
        Fat32Options options = Volumes.Options(maxDataBytes: 64L << 30, hidden: 16384 + 3);
        FatFileLocation location = default;
        Volumes.Build(folder["image"], builder =>
        {
            builder.AddFile("a", new MemoryContent(new byte[] { 1 }), Volumes.Time);
            location = builder.Locate("a");
        }, options);
        Volumes.Check(folder["image"]);

        // The root directory comes first, with room for 256 entries: two clusters.
        Assert.Equal(2 * 4096, ((16384 + 3) * 512L + location.Offset) % (1 << 20));
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes()
    {
        using TemporaryFolder folder = new();
        foreach (string name in (string[])["one", "two"])
            Volumes.Build(folder[name], builder => builder.AddTree(Volumes.SampleTree(20)));
        using FileSource one = new(folder["one"]), two = new(folder["two"]);
        Assert.Equal(one.Length, two.Length);
        byte[] first = new byte[16 << 20], second = new byte[16 << 20];
        one.ReadExactly(0, first);
        two.ReadExactly(0, second);
        Assert.True(first.AsSpan().SequenceEqual(second));
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("a\u0001b")]
    [InlineData("trailing.")]
    [InlineData("trailing ")]
    [InlineData("what?")]
    [InlineData("back\\slash")]
    public void A_name_that_FAT_cannot_hold_is_refused(string name)
    {
        Fat32Builder builder = new(new NullTarget(), Volumes.Options());
        ImageException error = Assert.Throws<ImageException>(() => builder.AddFile(name, new MemoryContent(new byte[1]), Volumes.Time));
        Assert.Equal(ErrorIds.DestinationUnwritable, error.ErrorId);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_as_a_name()
    {
        Assert.NotNull(FatName.Refuse("a\uD83Db"));
        Assert.NotNull(FatName.Refuse("a\uDE00"));
        Assert.NotNull(FatName.Refuse("a\uD83D"));
        Assert.Null(FatName.Refuse("a\uD83D\uDE00"));
    }

    [Fact]
    public void A_name_of_256_units_is_refused()
    {
        Fat32Builder builder = new(new NullTarget(), Volumes.Options());
        Assert.Throws<ImageException>(() => builder.AddFile(new string('a', 256), new MemoryContent(new byte[1]), Volumes.Time));
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_refused_as_a_name()
    {
        DirectoryNode tree = Volumes.Directory();
        tree.Children.Add(new FileName([0x61, 0xFF]), new FileNode(new MemoryContent(default)));
        Fat32Builder builder = new(new NullTarget(), Volumes.Options());
        Assert.Equal(ErrorIds.DestinationUnwritable, Assert.Throws<ImageException>(() => builder.AddTree(tree)).ErrorId);
    }

    [Theory]
    [InlineData("Config.txt", "config.TXT")]
    [InlineData("straße", "STRAßE")]
    [InlineData("ä", "Ä")]
    public void Names_that_differ_only_in_case_are_refused(string first, string second)
    {
        Fat32Builder builder = new(new NullTarget(), Volumes.Options());
        builder.AddFile(first, new MemoryContent(default), Volumes.Time);
        ImageException error = Assert.Throws<ImageException>(() => builder.AddFile(second, new MemoryContent(default), Volumes.Time));
        Assert.Contains("differ only in case", error.Message);
    }

    [Fact]
    public void A_symbolic_link_is_refused_by_name()
    {
        DirectoryNode tree = Volumes.Directory();
        tree.Children.Add("link", new SymlinkNode("x"u8.ToArray()));
        Fat32Builder builder = new(new NullTarget(), Volumes.Options());
        Assert.Contains("link", Assert.Throws<ImageException>(() => builder.AddTree(tree)).Message);
    }

    [Fact]
    public void A_file_of_4_GiB_is_too_large_and_one_cluster_less_is_not()
    {
        const long Most = (1L << 32) - 4096;
        Fat32Builder builder = new(new NullTarget(), Volumes.Options(maxDataBytes: 20L << 30));
        Assert.Equal(ErrorIds.TooLarge,
            Assert.Throws<ImageException>(() => builder.AddFile("a", new HoleContent(Most + 1), Volumes.Time)).ErrorId);
        builder.AddFile("b", new HoleContent(Most), Volumes.Time);
        RandomAccessTarget target = builder.BeginFile("c", Volumes.Time);
        Assert.Equal(ErrorIds.TooLarge, Assert.Throws<ImageException>(() => target.Write(Most, [1])).ErrorId);
        Assert.Equal(ErrorIds.TooLarge, Assert.Throws<ImageException>(() => builder.EndFile(Most + 1)).ErrorId);
        builder.EndFile(Most);
        builder.Finish(0);
    }

    [Fact]
    public void A_volume_with_the_largest_file_is_clean()
    {
        Tools.Require("fsck.vfat");
        using TemporaryFolder folder = new();
        Volumes.Build(folder["image"], builder =>
        {
            builder.AddFile("big", new HoleContent((1L << 32) - 4096), Volumes.Time);
            builder.AddFile("after", new MemoryContent(new byte[] { 7 }), Volumes.Time);
        }, Volumes.Options(maxDataBytes: 5L << 30));
        Volumes.Check(folder["image"]);
        using FileSource source = new(folder["image"]);
        Assert.Equal([7], FatPath.FindFile(FatVolume.Open(source).ReadTree(), "after")!.Content.ReadAll());
    }

    [Fact]
    public void More_data_than_the_layout_has_room_for_is_too_large()
    {
        Fat32Builder builder = new(new NullTarget(), Volumes.Options(maxDataBytes: 512L << 20));
        builder.AddFile("a", new HoleContent(512L << 20), Volumes.Time);
        RandomAccessTarget target = builder.BeginFile("b", Volumes.Time);
        Assert.Equal(ErrorIds.TooLarge, Assert.Throws<ImageException>(() => target.Write(100L << 20, [1])).ErrorId);
        builder.EndFile(0);
        Assert.Equal(ErrorIds.TooLarge, Assert.Throws<ImageException>(() => builder.Finish(1L << 30)).ErrorId);
    }

    [Fact]
    public void More_data_than_FAT32_can_hold_is_too_large() => Assert.Equal(ErrorIds.TooLarge,
        Assert.Throws<ImageException>(() => new Fat32Builder(new NullTarget(), Volumes.Options(maxDataBytes: 200L << 30, clusterSize: 512))).ErrorId);

    [Fact]
    public void A_directory_of_more_than_65536_entries_is_too_large()
    {
        Fat32Builder builder = new(new NullTarget(), Volumes.Options());
        ImageException error = Assert.Throws<ImageException>(() =>
        {
            for (int i = 0; i < 40_000; i++)
                builder.AddFile($"dir/name-{i:D5}", new MemoryContent(default), Volumes.Time);
        });
        Assert.Equal(ErrorIds.TooLarge, error.ErrorId);
        Assert.Contains("/dir", error.Message);
    }

    [Fact]
    public void Short_names_are_unique_and_those_of_plain_names_do_not_depend_on_others()
    {
        string[] names = ["longfilename one.txt", "LONGFI~1.TXT", "longfilename two.txt", "kernel8.img", "a.b.c", ".profile", "ä.txt", "+", "x y"];
        Assert.Equal(["LONGFI~2.TXT", "LONGFI~1.TXT", "LONGFI~3.TXT", "KERNEL8.IMG", "AB~1.C", "PROFIL~1", "_~1.TXT", "_~1", "XY~1"], FatName.Aliases(names));
        string[] many = [.. Enumerable.Range(0, 20_000).Select(i => $"the same beginning {i}.dtbo")];
        Assert.Equal(many.Length, FatName.Aliases(many).Distinct().Count());
    }

    [Theory]
    [InlineData(315_532_799, 315_532_800)]
    [InlineData(0, 315_532_800)]
    [InlineData(1_700_000_001, 1_700_000_000)]
    [InlineData(4_354_819_199, 4_354_819_198)]
    [InlineData(9_999_999_999, 4_354_819_198)]
    public void Times_are_kept_to_two_seconds_between_1980_and_2107(long written, long read)
    {
        (ushort date, ushort time, _) = FatTime.Encode(new(written));
        Assert.Equal(read, FatTime.Decode(date, time).Seconds);
    }

    private sealed class NullTarget : RandomAccessTarget
    {
        public override string Name => "null";

        public override void Write(long offset, ReadOnlySpan<byte> bytes)
        {
        }
    }

    private sealed class HoleContent(long length) : FileContent
    {
        public override long Length => length;

        public override void Read(long offset, Span<byte> buffer) => buffer.Clear();

        public override bool IsHole(long offset, long length) => true;
    }
}
