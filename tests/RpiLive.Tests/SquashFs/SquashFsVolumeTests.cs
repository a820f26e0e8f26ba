using RpiLive.Core.Errors;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.SquashFs;

/// <summary>The reader over images that other programs made.</summary>
public sealed class SquashFsVolumeTests
{
    /// <summary>Makes a folder with something of everything.</summary>
    private const string MakeRoot = """
        cd "$1"
        mkdir sizes many kinds same xattrs links
        for n in 0 1 4095 4096 4097 131071 131072 131073 700000 1048576 1048577; do
            head -c $n /dev/urandom > sizes/noise-$n
            yes "some text $n" | head -c $n > sizes/text-$n
            head -c $n /dev/zero > sizes/zeros-$n
        done
        i=0; while [ $i -lt 3000 ]; do echo $i > many/a-rather-long-name-for-a-file-number-$i; i=$((i + 1)); done
        cp sizes/noise-700000 same/a; cp sizes/noise-700000 same/b; cp sizes/text-4095 same/c
        mknod kinds/c c 5 300; mknod kinds/b b 259 70000; mkfifo kinds/p
        python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("kinds/s")'
        ln -s target kinds/l; ln -s "$(head -c 4000 /dev/zero | tr '\0' x)" kinds/long
        truncate -s 20M sizes/sparse; printf middle | dd of=sizes/sparse bs=1 seek=7000000 conv=notrunc status=none
        echo x > links/1; ln links/1 links/2; ln links/1 kinds/3; ln kinds/b links/b
        echo 1 > xattrs/1; setfattr -n user.a -v b xattrs/1; setfattr -n trusted.e -v '' xattrs/1
        setfattr -n security.c -v "$(head -c 300 /dev/zero | tr '\0' y)" xattrs/1
        echo 2 > xattrs/2; setfattr -n security.c -v "$(head -c 300 /dev/zero | tr '\0' y)" xattrs/2
        setfattr -n trusted.d -v 1 xattrs; mknod xattrs/n c 1 3; setfattr -n trusted.n -v 1 xattrs/n
        ln -s x xattrs/l; setfattr -h -n trusted.l -v 1 xattrs/l
        chown -h 1000:1001 kinds/*; chmod 4755 same/a; chmod 1777 many
        touch -d '2001-02-03 04:05:06Z' same/c
        """;

    [Theory]
    [InlineData("-comp gzip")]
    [InlineData("-comp zstd")]
    [InlineData("-comp zstd -Xcompression-level 3 -b 4K")]
    [InlineData("-comp gzip -Xcompression-level 1 -b 1M")]
    [InlineData("-comp gzip -no-fragments")]
    [InlineData("-comp zstd -always-use-fragments -b 64K")]
    [InlineData("-comp gzip -no-exports -no-duplicates")]
    [InlineData("-comp gzip -noI -noD -noF -noX -noId")]
    [InlineData("-comp gzip -no-sparse")]
    public void Images_of_mksquashfs_are_read_in_full(string options)
    {
        Tools.Require("mksquashfs", "python3", "setfattr");
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        string root = folder["root"];
        Directory.CreateDirectory(root);
        File.WriteAllText(folder["make.sh"], MakeRoot);
        Tools.Run("sh", "-eu", folder["make.sh"], root);
        Tools.Shell($"mksquashfs '{root}' '{folder["image"]}' -noappend -quiet -no-progress {options}");
        using FileSource source = new(folder["image"]);
        using SquashFsVolume volume = SquashFsVolume.Open(source, Images.Codec);
        DirectoryNode tree = volume.ReadTree(TestContext.Current.CancellationToken);
        Assert.Equal(TreeListing.OfHost(root), TreeListing.Of(tree));
        Assert.Equal(!options.Contains("-no-exports", StringComparison.Ordinal), volume.IsExportable);
        Assert.InRange(volume.BytesUsed, source.Length - 4095, source.Length);
        Assert.Equal(3, volume.IdCount);
    }

    [Fact]
    public void A_file_of_more_than_four_gigabytes_is_read()
    {
        Tools.Require("mksquashfs");
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["root"]);
        Tools.Shell($"cd '{folder["root"]}'; truncate -s 5G sparse; printf middle | dd of=sparse bs=1 seek=4800000000 conv=notrunc status=none");
        Tools.Run("mksquashfs", folder["root"], folder["image"], "-quiet", "-no-progress", "-comp", "zstd");
        using FileSource source = new(folder["image"]);
        using SquashFsVolume volume = SquashFsVolume.Open(source, Images.Codec);
        FileContent content = TreePath.FindFile(volume.ReadTree(TestContext.Current.CancellationToken), "sparse")!.Content;
        Assert.Equal(5L << 30, content.Length);
        byte[] bytes = new byte[8];
        content.Read(4_799_999_999, bytes);
        Assert.Equal("\0middle\0"u8.ToArray(), bytes);
        Assert.True(content.IsHole(0, 4L << 30));
        Assert.False(content.IsHole(4L << 30, 1L << 30));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void Images_of_gensquashfs_are_read_in_full(string compressor)
    {
        Tools.Require("gensquashfs", "rdsquashfs");
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["noise"], SampleTree.Noise(300_000));
        File.WriteAllBytes(folder["text"], SampleTree.Text(5_000));
        File.WriteAllLines(folder["list"],
        [
            "dir /etc 0755 0 0", $"file /etc/noise 0640 5 6 {folder["noise"]}", $"file /etc/text 0644 7 8 {folder["text"]}",
            "slink /etc/link 0777 0 0 text", "nod /dev/disk 0660 0 6 b 8 1", "nod /dev/null 0666 0 0 c 1 3", "pipe /run/pipe 0600 0 0", "sock /run/sock 0600 0 0",
        ]);
        Tools.Run("gensquashfs", "-q", "-c", compressor, "-F", folder["list"], folder["image"]);
        using FileSource source = new(folder["image"]);
        using SquashFsVolume volume = SquashFsVolume.Open(source, Images.Codec);
        DirectoryNode tree = volume.ReadTree(TestContext.Current.CancellationToken);
        Assert.Equal(compressor, volume.Compressor);
        Assert.Equal(SampleTree.Noise(300_000), TreePath.FindFile(tree, "/etc/noise")!.Content.ReadAll());
        Assert.Equal(SampleTree.Text(5_000), TreePath.FindFile(tree, "/etc/link")!.Content.ReadAll());
        SpecialNode disk = Assert.IsType<SpecialNode>(TreePath.Find(tree, "/dev/disk"));
        Assert.Equal((SpecialKind.BlockDevice, 8u, 1u, 0x1B0, 6u), (disk.Kind, disk.Major, disk.Minor, disk.Permissions, disk.GroupId));
        Assert.Equal(SpecialKind.Socket, Assert.IsType<SpecialNode>(TreePath.Find(tree, "/run/sock")).Kind);
        Assert.Equal(SpecialKind.Fifo, Assert.IsType<SpecialNode>(TreePath.Find(tree, "/run/pipe")).Kind);
    }

    [Theory]
    [InlineData("lz4")]
    [InlineData("xz")]
    [InlineData("lzo")]
    public void Other_compressors_are_refused_by_name(string compressor)
    {
        Tools.Require("mksquashfs");
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder["root"]);
        Tools.Run("mksquashfs", folder["root"], folder["image"], "-quiet", "-no-progress", "-comp", compressor);
        using FileSource source = new(folder["image"]);
        ImageException e = Assert.Throws<ImageException>(() => SquashFsVolume.Open(source, Images.Codec));
        Assert.Equal("UnsupportedSquashFs", e.ErrorId);
        Assert.Contains($"compressor {compressor}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_SquashFS_is_refused()
    {
        Refused("CorruptSquashFs", new byte[4096]);
        Refused(ErrorIds.ImageTruncated, new byte[95]);
        byte[] image = Images.Write(SampleTree.Directory());
        Refused("CorruptSquashFs", image[..120]);
        image[28] = 3;
        Refused("UnsupportedSquashFs", image);

        static void Refused(string errorId, byte[] image) =>
            Assert.Equal(errorId, Assert.Throws<ImageException>(() => SquashFsVolume.Open(new MemorySource(image, "x"), Images.Codec)).ErrorId);
    }

    [Fact]
    public void Contents_can_be_read_from_several_threads_and_at_any_place()
    {
        DirectoryNode root = SampleTree.Directory();
        byte[] content = [.. SampleTree.Text(100_000), .. new byte[100_000], .. SampleTree.Noise(100_000), .. SampleTree.Text(77)];
        root.Children.Add("file", SampleTree.File(content));
        using SquashFsVolume volume = SquashFsVolume.Open(new MemorySource(Images.Write(root, Images.Fast with { BlockSize = 4096 }), "image"), Images.Codec);
        FileContent read = TreePath.FindFile(volume.ReadTree(TestContext.Current.CancellationToken), "file")!.Content;
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, i =>
        {
            Random random = new(i);
            int offset = random.Next(content.Length), length = random.Next(Math.Min(20_000, content.Length - offset));
            byte[] part = new byte[length];
            read.Read(offset, part);
            Assert.True(part.AsSpan().SequenceEqual(content.AsSpan(offset, length)));
            Assert.True(!read.IsHole(offset, length) || !part.AsSpan().ContainsAnyExcept((byte)0));
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => read.Read(content.Length - 1, new byte[2]));
        Assert.True(read.IsHole(104 * 1024, 80 * 1024));
    }

    [Fact]
    public void Damaged_images_never_end_in_anything_but_an_image_exception()
    {
        DirectoryNode root = SampleTree.Make(4096);
        int seeds = int.TryParse(Environment.GetEnvironmentVariable("RPILIVE_MUTATION_SEEDS"), out int count) ? count : 2000;
        foreach (SquashFsOptions options in (SquashFsOptions[])[Images.Fast with { BlockSize = 4096 }, Images.Fast with { Codec = new StoringCodec(), BlockSize = 4096 }])
        {
            byte[] image = Images.Write(root, options);
            // Blocks that are stored as they are let damage through to the structures in them.
            Range[] hot = [new(0, 96), new((int)BitConverter.ToInt64(image, 64), ^0)];
            int refused = 0;
            for (int seed = 0; seed < seeds / 2; seed++)
            {
                byte[] damaged = Mutations.Damage(image, seed, hot);
                try
                {
                    using SquashFsVolume volume = SquashFsVolume.Open(new MemorySource(damaged, "damaged"), Images.Codec);
                    ReadSome(volume.ReadTree(TestContext.Current.CancellationToken));
                }
                catch (ImageException)
                {
                    refused++;
                }
            }
            Assert.InRange(refused, seeds / 8, seeds / 2);
        }
    }

    [Fact]
    public void A_directory_that_contains_itself_is_found()
    {
        DirectoryNode root = SampleTree.Directory(), a = SampleTree.Directory(), b = SampleTree.Directory();
        root.Children.Add("a", a);
        a.Children.Add("b", b);
        b.Children.Add("c", SampleTree.Directory());
        byte[] image = Images.Write(root, Images.Fast with { Codec = new StoringCodec() });
        // The inodes lie in the order c, b, a, root, 32 bytes each; the first listing is b's, with the place of c's inode in it.
        int listing = (int)BitConverter.ToInt64(image, 72) + 2;
        Assert.Equal((byte)'c', image[listing + 20]);
        image[listing + 12] = 32;
        image[listing + 8] = 2;
        ImageException e = Assert.Throws<ImageException>(() => Images.List(image));
        Assert.Contains("more than one directory", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Reads the start, the end and some of the middle of every file: sparse ones can claim any size.</summary>
    private static void ReadSome(DirectoryNode root)
    {
        byte[] buffer = new byte[10_000];
        Stack<DirectoryNode> pending = new([root]);
        while (pending.TryPop(out DirectoryNode? directory))
        {
            foreach (TreeNode node in directory.Children.Values)
            {
                if (node is DirectoryNode inner)
                    pending.Push(inner);
                if (node is not FileNode { Content: FileContent content })
                    continue;
                int length = (int)Math.Min(buffer.Length, content.Length);
                content.Read(0, buffer.AsSpan(0, length));
                content.Read(content.Length - length, buffer.AsSpan(0, length));
                content.IsHole(0, content.Length);
            }
        }
    }
}
