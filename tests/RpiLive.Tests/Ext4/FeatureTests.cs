using RpiLive.Core.Errors;
using RpiLive.Core.Ext4;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4;

public sealed class FeatureTests(EverythingFixture everything) : IClassFixture<EverythingFixture>
{
    /// <summary>File systems that the kernel mounts, with inodes large enough for everything.</summary>
    public static TheoryData<string> Mountable =>
    [
        "-t ext4",
        "-t ext4 -b 1024",
        "-t ext4 -b 2048",
        "-t ext4 -O ^64bit,^huge_file",
        "-t ext4 -O ^64bit,^huge_file,metadata_csum_seed,orphan_file",
        "-t ext4 -O ^metadata_csum,uninit_bg",
        "-t ext4 -O ^metadata_csum,uninit_bg,^64bit",
        "-t ext4 -O ^metadata_csum",
        "-t ext4 -b 1024 -O meta_bg,^resize_inode -g 1024",
        "-t ext4 -b 1024 -O meta_bg,^resize_inode,^64bit,^flex_bg -g 512",
        "-t ext4 -O sparse_super2",
        "-t ext4 -O ^flex_bg,^sparse_super,^resize_inode -b 1024",
        "-t ext4 -O inline_data",
        "-t ext4 -O inline_data -I 1024",
        "-t ext4 -O large_dir -b 1024",
        "-t ext4 -O ea_inode",
        "-t ext4 -O bigalloc -C 16384",
        "-t ext4 -O bigalloc -b 1024 -C 16384",
        "-t ext4 -O ^extent,^64bit",
        "-t ext4 -O ^extent,^64bit -b 1024",
        "-t ext4 -O ^dir_index",
        "-t ext4 -O ^filetype",
        "-t ext4 -O ^has_journal",
        "-t ext4 -O fast_commit",
        "-t ext4 -O verity,stable_inodes",
        "-t ext4 -I 512",
        "-t ext4 -O ^ext_attr",
        "-t ext3 -I 256",
        "-t ext2 -I 256 -b 1024",
    ];

    /// <summary>File systems that this kernel does not mount, or whose inodes hold neither nanoseconds nor attributes.</summary>
    public static TheoryData<string> Others =>
    [
        "-t ext4 -b 8192 -O ^resize_inode",
        "-t ext4 -b 16384 -O ^resize_inode",
        "-t ext4 -b 32768 -O ^resize_inode",
        "-t ext4 -b 65536 -O ^resize_inode",
        "-t ext4 -b 65536 -O ^resize_inode,^metadata_csum,uninit_bg,inline_data",
        "-t ext2 -b 65536 -O ^resize_inode",
        "-t ext4 -O casefold",
        "-t ext4 -O metadata_csum_seed,orphan_file,project,quota",
        "-t ext4 -O mmp",
        "-t ext4 -I 128",
        "-t ext3 -I 128 -b 1024",
        "-t ext2 -I 128",
        "-t ext2 -r 0 -I 128",
        "-t ext2 -I 128 -o hurd",
    ];

    [Theory]
    [MemberData(nameof(Mountable))]
    public void What_the_kernel_wrote_reads_as_the_kernel_shows_it(string options)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "64M", options);
        bool hasExtents = !options.Contains("^extent", StringComparison.Ordinal) && options.Contains("ext4", StringComparison.Ordinal);
        using (LoopMount mount = new(folder["image"], "ext4", "rw"))
        {
            Tools.Run("cp", "-a", everything.Path(withAttributes: false) + "/.", mount.Path);
            if (!options.Contains("^ext_attr", StringComparison.Ordinal))
                Samples.Fill(mount.Path, Samples.Attributes);
            if (options.Contains("ea_inode", StringComparison.Ordinal))
                Samples.Fill(mount.Path, Samples.LargeAttributes);
            if (hasExtents)
                Samples.Fill(mount.Path, Samples.Allocation);
            Samples.Fill(mount.Path, Samples.Nanoseconds);
        }
        using FileSource source = new(folder["image"]);
        (Ext4Volume volume, DirectoryNode root) = Samples.Read(source);
        Assert.False(volume.JournalReplayed);
        Assert.Equal("räksmörgås", volume.Label);
        Assert.Equal("3e6be9de-8139-11d1-9106-a43f08d823a6", volume.Id.ToString());
        using LoopMount again = new(folder["image"], "ext4");
        MountedTree.AssertSame(root, again.Path);
        Assert.Equal(long.Parse(Tools.Run("stat", "-f", "-c", "%f", again.Path)), volume.FreeBlocks);
        Assert.Equal(MountedTree.Describe(root), MountedTree.Describe(Samples.Read(new DearSource(source)).Root));
    }

    [Theory]
    [MemberData(nameof(Others))]
    [MemberData(nameof(Mountable))]
    public void What_mke2fs_wrote_reads_as_its_source(string options)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        // A revision 0 file system has no room for attributes.
        string tree = everything.Path(withAttributes: !options.Contains("-r 0", StringComparison.Ordinal) && !options.Contains("^ext_attr", StringComparison.Ordinal));
        Samples.Make(folder["image"], "128M", options, tree);
        // mke2fs 1.47.0 gives a file that ends with a hole a wrong size where the feature inline_data is on.
        if (options.Contains("inline_data", StringComparison.Ordinal))
            Tools.Run("debugfs", "-w", "-R", "set_inode_field /odd/sparse size 9000000", folder["image"]);
        using FileSource source = new(folder["image"]);
        MountedTree.AssertSame(Samples.Read(source).Root, tree, withRoot: false);
    }

    [Fact]
    public void A_directory_with_three_levels_of_index_reads_as_the_kernel_shows_it()
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "96M", "-t ext4 -b 1024 -O large_dir");
        using (LoopMount mount = new(folder["image"], "ext4", "rw"))
        {
            Samples.Fill(mount.Path, """
                cd "$1"; mkdir large; : > file; python3 -c "import os; [os.link('file', 'large/' + '%05d' % i * 50) for i in range(50000)]"
                """);
        }
        Assert.Contains("Indirect levels: 2", Tools.Run("debugfs", "-R", "htree_dump /large", folder["image"]), StringComparison.Ordinal);
        using FileSource source = new(folder["image"]);
        using LoopMount again = new(folder["image"], "ext4");
        MountedTree.AssertSame(Samples.Read(source).Root, again.Path);
    }

    [Fact]
    public void Directories_nested_beyond_reason_are_refused()
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "32M", "-t ext4 -b 1024 -N 8192");
        using (LoopMount mount = new(folder["image"], "ext4", "rw"))
            Tools.Run("python3", "-c", "import os, sys; os.chdir(sys.argv[1]); [(os.mkdir('d'), os.chdir('d')) for i in range(4200)]", mount.Path);
        using FileSource source = new(folder["image"]);
        ImageException error = Assert.Throws<ImageException>(() => Samples.Read(source));
        Assert.Contains("4,096 levels", error.Message, StringComparison.Ordinal);
    }
}
