using RpiLive.Core.Errors;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Ext4;
using RpiLive.Tests.RootEdits;

namespace RpiLive.Tests.SquashFs;

/// <summary>Single paths, without reading the tree.</summary>
public sealed class PathLookupTests
{
    [Fact]
    public void Every_path_is_found_as_in_the_whole_tree()
    {
        TestTree tree = new TestTree().File("etc/passwd", "root").Link("var/run", "/run").Folder("run/lock", 0b111_111_111).Link("/lib", "usr/lib")
            .Link("/loop", "loop").Link("/up", "../../..").Link("var/log", "../srv/./log/../log").Folder("srv/log").Link("/dangling", "nowhere");
        for (int i = 0; i < 3000; i++)
            tree.File($"usr/lib/a-name-that-takes-some-room-{i}");
        using SquashFsVolume volume = Open(Images.Write(tree.Root));
        foreach (string path in (string[])["/", "", "etc/passwd", "/etc/passwd", "/var/run/lock", "/lib/a-name-that-takes-some-room-2999", "/loop", "/up/etc",
            "/var/log", "/var/log/x", "/dangling", "/etc/passwd/x", "/usr/lib/a", "/usr/lib/z", "/usr/lib/a-name-that-takes-some-room-1500", "/var/../etc", "/missing/x"])
        {
            foreach (bool follow in (bool[])[true, false])
            {
                TreeNode? expected = TreePath.Find(tree.Root, path, follow), actual = volume.Find(path, follow);
                Assert.Equal(expected?.GetType(), actual?.GetType());
                Assert.Equal((expected?.Permissions, expected?.ModifiedTime), (actual?.Permissions, actual?.ModifiedTime));
            }
            Assert.Equal(TreePath.Resolve(tree.Root, path), volume.Resolve(path));
        }
        Assert.Equal("root"u8.ToArray(), ((FileNode)volume.Find("etc/passwd")!).Content.ReadAll());
    }

    [Fact]
    public void A_path_in_a_large_image_needs_few_of_its_blocks()
    {
        TestTree tree = new();
        for (int i = 0; i < 40_000; i++)
            tree.File($"usr/share/{i % 400}/file-{i}");
        tree.Folder("var/log");
        byte[] image = Images.Write(tree.Root);
        CountingSource source = new(new MemorySource(image, "image"));
        using SquashFsVolume volume = SquashFsVolume.Open(source, Images.Codec);
        Assert.Equal("/var/log", volume.Resolve("/var/log"));
        Assert.InRange(source.Bytes, 1, 64 << 10);
    }

    [Fact]
    public void Damage_is_an_error_and_never_a_crash()
    {
        byte[] image = Images.Write(new TestTree().File("etc/passwd", "root").Link("var/run", "/run").Folder("run/lock").Folder("usr/lib/modules/6").Root);
        Random random = new(3);
        for (int i = 0; i < 3000; i++)
        {
            byte[] damaged = [.. image];
            for (int j = random.Next(4); j >= 0; j--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                using SquashFsVolume volume = Open(damaged);
                volume.Resolve("/var/run/lock");
                volume.Find("/usr/lib/modules/7");
            }
            catch (ImageException error)
            {
                Assert.NotEmpty(error.RecommendedAction);
            }
        }
    }

    private static SquashFsVolume Open(byte[] image) => SquashFsVolume.Open(new MemorySource(image, "image"), Images.Codec);
}
