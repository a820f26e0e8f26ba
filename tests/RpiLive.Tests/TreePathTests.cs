using System.Text;
using RpiLive.Core.Tree;

namespace RpiLive.Tests;

public sealed class TreePathTests
{
    private static readonly DirectoryNode s_root = MakeTree();

    [Theory]
    [InlineData("/usr/bin/busybox", "/usr/bin/busybox")]
    [InlineData("/bin/busybox", "/usr/bin/busybox")]
    [InlineData("bin/../bin/./busybox", "/usr/bin/busybox")]
    [InlineData("/../../usr", "/usr")]
    [InlineData("/bin/nothing", null)]
    [InlineData("/loop", null)]
    [InlineData("/usr/bin/busybox/x", null)]
    public void Resolve_follows_links_as_Linux_does(string path, string? expected) => Assert.Equal(expected, TreePath.Resolve(s_root, path));

    [Fact]
    public void Find_can_return_the_link_itself() => Assert.IsType<SymlinkNode>(TreePath.Find(s_root, "/bin", followLast: false));

    private static DirectoryNode MakeTree()
    {
        DirectoryNode root = new(), usr = new(), bin = new();
        root.Children.Add("usr", usr);
        root.Children.Add("bin", new SymlinkNode(Encoding.UTF8.GetBytes("usr/bin")));
        root.Children.Add("loop", new SymlinkNode(Encoding.UTF8.GetBytes("/loop")));
        usr.Children.Add("bin", bin);
        bin.Children.Add("busybox", new FileNode(new MemoryContent(new byte[1])));
        return root;
    }
}
