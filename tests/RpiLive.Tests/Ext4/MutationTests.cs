using System.Diagnostics;
using System.Globalization;
using RpiLive.Core.Errors;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Ext4;

public sealed class MutationTests
{
    private const int DefaultSeeds = 2000;
    private const long MaxContent = 4 << 20;

    private static readonly TimeSpan s_defaultTime = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("-t ext4 -b 1024 -O ^metadata_csum,^resize_inode -J size=1")]
    [InlineData("-t ext4 -b 1024 -O ^has_journal,^resize_inode")]
    [InlineData("-t ext2 -b 1024 -O ^resize_inode")]
    [InlineData("-t ext4 -b 1024 -O ^metadata_csum,^has_journal,inline_data,ea_inode,^resize_inode,bigalloc -C 2048")]
    public void Damaged_images_give_trees_or_errors(string options)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        using SourceTree tree = new();
        Samples.Fill(tree.Path, """
            cd "$1"; mkdir -p d/e/f many; for i in $(seq 1 60); do echo $i > many/a-rather-long-name-$i; done
            ln -s short d/l; ln -s "$(head -c 100 /dev/zero | tr '\0' t)" d/ll; mknod d/dev c 1 3; ln many/a-rather-long-name-1 d/hard
            truncate -s 40000 d/frag; for at in 1 3 5 7 9 11 13 15 20 25; do echo $at | dd of=d/frag bs=1024 seek=$at conv=notrunc status=none; done
            head -c 30000 /dev/urandom > d/e/data; setfattr -n user.x -v "$(head -c 300 /dev/zero | tr '\0' v)" d/e/data; setfacl -m u:5:r d/frag
            """);
        Samples.Make(folder["image"], options.Contains("-J", StringComparison.Ordinal) ? "4M" : "1M", options, tree.Path);
        Damage(File.ReadAllBytes(folder["image"]));
    }

    [Theory]
    [InlineData("-t ext4 -b 1024 -O ^metadata_csum,^resize_inode -J size=1")]
    [InlineData("-t ext4 -b 1024 -O ^resize_inode -J size=1")]
    [InlineData("-t ext4 -b 1024 -O ^metadata_csum,^resize_inode,fast_commit -J size=2,fast_commit_size=256")]
    public void Damaged_journals_give_trees_or_errors(string options)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        Samples.Make(folder["image"], "8M", options);
        using (LoopMount mount = new(folder["image"], "ext4", "rw,commit=300"))
        {
            Tools.Run("sh", "-euc", """
                cd "$1"; mkdir a b; sync; for i in 1 2 3 4; do mkdir a/$i; echo $i > a/$i/f; sync; done; rm -r a/1 a/2; sync
                for i in 5 6 7; do echo $i > b/$i; sync b/$i; done; mv b/5 a/5; sync a/5; rm b/6; echo x >> b/7; sync b/7; cp "$2" "$3"
                """, "sh", mount.Path, folder["image"], folder["dirty"]);
        }
        byte[] image = File.ReadAllBytes(folder["dirty"]);
        using FileSource source = new(folder["dirty"]);
        Assert.True(Samples.Read(source).Volume.JournalReplayed);
        Damage(image);
    }

    /// <summary>Reads damaged copies; anything but a tree or one of our errors fails the test, and so does a hang.</summary>
    private static void Damage(byte[] image)
    {
        string? asked = Environment.GetEnvironmentVariable("RPILIVE_MUTATION_SEEDS");
        int seeds = asked is null ? DefaultSeeds : int.Parse(asked, CultureInfo.InvariantCulture);
        Range[] hot = HotRanges(image);
        int trees = 0, errors = 0;
        Stopwatch clock = Stopwatch.StartNew();
        for (int seed = 0; seed < seeds && (asked is not null || clock.Elapsed < s_defaultTime); seed++)
        {
            byte[] damaged = Mutations.Damage(image, seed, hot);
            long before = Stopwatch.GetTimestamp();
            try
            {
                long left = MaxContent;
                MemorySource source = new(damaged, "image");
                ReadContents(Samples.Read(seed % 2 == 0 ? source : new DearSource(source)).Root, ref left);
                trees++;
            }
            catch (ImageException)
            {
                errors++;
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}: {e}");
            }
            Assert.True(Stopwatch.GetElapsedTime(before) < TimeSpan.FromSeconds(5), $"Seed {seed} took {Stopwatch.GetElapsedTime(before)}.");
        }
        Assert.True(trees > 0 && errors > 0, $"{trees} trees, {errors} errors.");
    }

    /// <summary>The 1 KiB blocks that hold something; among megabytes of zeros damage would mostly miss.</summary>
    private static Range[] HotRanges(byte[] image)
    {
        List<Range> ranges = [];
        for (int start = 0; start < image.Length; start += 1024)
        {
            if (image.AsSpan(start, 1024).IndexOfAnyExcept((byte)0) >= 0)
                ranges.Add(start..(start + 1024));
        }
        return [.. ranges];
    }

    private static void ReadContents(TreeNode node, ref long left)
    {
        if (node is DirectoryNode directory)
        {
            foreach (TreeNode child in directory.Children.Values)
                ReadContents(child, ref left);
        }
        else if (node is FileNode { Content: FileContent content })
        {
            byte[] buffer = new byte[64 << 10];
            for (long offset = 0; offset < content.Length && left > 0; offset += buffer.Length, left -= buffer.Length)
                content.Read(offset, buffer.AsSpan(0, (int)Math.Min(buffer.Length, content.Length - offset)));
        }
    }
}
