using System.Text;
using RpiLive.Core.Ext4;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4;

public sealed class ContentTests
{
    private static readonly long[] s_places = [0, 11 << 10, 12 << 10, 100 << 10, 268 << 10, 1 << 20, 70L << 20, (5L << 30) + 12345, 6L << 30];

    [Theory]
    [InlineData("-t ext4")]
    [InlineData("-t ext4 -b 1024")]
    [InlineData("-t ext2 -b 1024")]
    [InlineData("-t ext3 -b 4096")]
    public void A_file_beyond_4_GiB_reads_right_through_all_levels(string options)
    {
        Tools.RequireRoot();
        Tools.Require("python3");
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "32M", options);
        using (LoopMount mount = new(folder["image"], "ext4", "rw"))
        {
            string[] arguments = [
                "-c", "import os, sys; f = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY); [os.pwrite(f, b'at %d' % int(p), int(p)) for p in sys.argv[2:]]",
                Path.Join(mount.Path, "large"), .. s_places.Select(place => $"{place}")];
            Tools.Run("python3", arguments);
        }
        using FileSource source = new(folder["image"]);
        FileNode file = Assert.IsType<FileNode>(TreePath.Find(Samples.Read(source).Root, "/large"));
        string last = $"at {s_places[^1]}";
        Assert.Equal(s_places[^1] + last.Length, file.Content.Length);
        foreach (long place in s_places)
        {
            byte[] expected = Encoding.ASCII.GetBytes($"at {place}");
            byte[] actual = new byte[expected.Length];
            file.Content.Read(place, actual);
            Assert.Equal(expected, actual);
        }
        Assert.True(file.Content.IsHole(80L << 20, 4L << 30));
        Assert.False(file.Content.IsHole(80L << 20, 6L << 30));
        byte[] edge = new byte[8192];
        file.Content.Read((5L << 30) + 12345 - 6000, edge);
        Assert.Equal(6000, edge.AsSpan().IndexOf("at"u8));
        Assert.Equal(-1, edge.AsSpan(0, 6000).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Metadata_and_contents_are_read_in_large_pieces()
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        using SourceTree tree = new();
        Samples.Fill(tree.Path, "cd \"$1\"; for d in $(seq 1 20); do mkdir $d; for i in $(seq 1 150); do echo $i > $d/$i; done; done; head -c 20000000 /dev/urandom > big");
        Samples.Make(folder["image"], "256M", "-t ext4", tree.Path);
        using FileSource file = new(folder["image"]);
        CountingSource source = new(file);
        DirectoryNode root = Samples.Read(source).Root;
        // 23 directories, the inode tables in pieces of 256 KiB, superblock and descriptors; not one read an inode.
        Assert.InRange(source.Reads, 1, 80);
        int before = source.Reads;
        FileNode big = Assert.IsType<FileNode>(TreePath.Find(root, "/big"));
        big.Content.ReadAll();
        Assert.InRange(source.Reads - before, 1, 10);
        Assert.True(big.Content.DiskOffset > 0);
    }

    [Theory]
    [InlineData("-t ext4")]
    [InlineData("-t ext4 -O ^flex_bg")]
    [InlineData("-t ext3 -I 256")]
    public void Where_going_back_is_dear_metadata_are_read_in_a_few_passes(string options)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "1G", options);
        using (LoopMount mount = new(folder["image"], "ext4", "rw"))
        {
            // Directories in many groups and 30 levels deep, long links, attribute blocks, files with deep block maps.
            Samples.Fill(mount.Path, """
                cd "$1"; for d in $(seq 1 40); do mkdir $d; for i in $(seq 1 30); do echo $i > $d/$i; done; ln -s "$(head -c 200 /dev/zero | tr '\0' t)" $d/link; done
                deep=.; for i in $(seq 1 30); do deep=$deep/d$i; mkdir $deep; done; setfattr -n user.a -v "$(head -c 600 /dev/zero | tr '\0' v)" $deep 5/5 6/6
                python3 -c "for n in range(8): f = open('%d/scattered' % (n + 1), 'wb', 0); [(f.seek(i * 8192), f.write(b'%06d' % i)) for i in range(1500)]"
                """);
        }
        using FileSource file = new(folder["image"]);
        DearSource source = new(file);
        DirectoryNode root = Samples.Read(source).Root;
        Assert.All(root.Children.Values.OfType<DirectoryNode>().SelectMany(directory => directory.Children.Values).OfType<FileNode>(), node => Assert.True(node.Content.DiskOffset > 0));
        // The tables, one pass a level of block maps and one for directories, links and attributes: not one a level of directories.
        Assert.InRange(source.Returns, 0, 6 + Environment.ProcessorCount);
        Assert.Equal(MountedTree.Describe(Samples.Read(file).Root), MountedTree.Describe(root));
    }

    [Fact]
    public async Task Contents_can_be_read_from_several_threads()
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "64M", "-t ext4 -b 1024");
        using (LoopMount mount = new(folder["image"], "ext4", "rw"))
            Samples.Fill(mount.Path, "mkdir \"$1\"/odd \"$1\"/etc", Samples.Allocation);
        using FileSource source = new(folder["image"]);
        DirectoryNode root = Samples.Read(source).Root;
        IReadOnlyList<string> expected = MountedTree.Describe(root);
        DirectoryNode fresh = Samples.Read(source).Root;
        Task<IReadOnlyList<string>>[] readers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => MountedTree.Describe(fresh)))];
        foreach (IReadOnlyList<string> actual in await Task.WhenAll(readers))
            Assert.Equal(expected, actual);
    }

    [Fact]
    public void Reading_can_be_cancelled()
    {
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "8M", "-t ext4");
        using FileSource source = new(folder["image"]);
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Ext4Volume.Open(source, cancelled.Token));
        Ext4Volume volume = Ext4Volume.Open(source, TestContext.Current.CancellationToken);
        Assert.Throws<OperationCanceledException>(() => volume.ReadTree(cancelled.Token));
    }

    [Fact]
    public void The_superblock_is_told()
    {
        Tools.Require("dumpe2fs");
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "64M", "-t ext4 -b 2048");
        using FileSource source = new(folder["image"]);
        Ext4Volume volume = Ext4Volume.Open(source, TestContext.Current.CancellationToken);
        Dictionary<string, string> facts = Tools.Run("dumpe2fs", "-h", folder["image"]).Split('\n').Where(line => line.Contains(':', StringComparison.Ordinal))
            .Select(line => line.Split(':', 2)).DistinctBy(parts => parts[0]).ToDictionary(parts => parts[0], parts => parts[1].Trim());
        Assert.Equal(facts["Filesystem UUID"], volume.Id.ToString());
        Assert.Equal(facts["Block size"], $"{volume.BlockSize}");
        Assert.Equal(facts["Block count"], $"{volume.BlockCount}");
        Assert.Equal(facts["Free blocks"], $"{volume.FreeBlocks}");
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - volume.LastWriteTime.Seconds, 0, 600);
    }
}
