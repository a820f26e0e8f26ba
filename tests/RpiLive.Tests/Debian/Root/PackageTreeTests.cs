using System.Text;
using RpiLive.Core.Debian.Root;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Debian.Support;

namespace RpiLive.Tests.Debian.Root;

public sealed class PackageTreeTests
{
    private static readonly HashSet<string> s_nothing = [];

    [Fact]
    public void Paths_go_through_links_of_merged_usr()
    {
        DebSample shell = new("dash");
        shell.Tree.With("bin/sh", "program");
        using Unpacked unpacked = new(shell.Build());
        PackageTree tree = new(new PathRules([]));
        tree.MergeUsr();
        tree.Add(unpacked.Packages[0], "dash", s_nothing);
        Assert.IsType<SymlinkNode>(tree.Root.Children["bin"]);
        Assert.NotNull(TreePath.FindFile(tree.Root, "/usr/bin/sh"));
        Assert.Equal(1_750_000_000, tree.NewestTime.Seconds);
    }

    [Fact]
    public void A_directory_keeps_what_the_first_package_says()
    {
        DebSample first = new("a"), second = new("b");
        first.Tree.With("srv/x/one", "1");
        second.Tree.With("srv/x/two", "2");
        TreePath.Find(first.Tree, "/srv/x")!.Permissions = 0x1C0;
        TreePath.Find(second.Tree, "/srv/x")!.Permissions = 0x1FF;
        using Unpacked unpacked = new(first.Build(), second.Build());
        PackageTree tree = new(new PathRules([]));
        tree.Add(unpacked.Packages[0], "a", s_nothing);
        tree.Add(unpacked.Packages[1], "b", s_nothing);
        DirectoryNode folder = TreePath.FindDirectory(tree.Root, "/srv/x")!;
        Assert.Equal(0x1C0, folder.Permissions);
        Assert.Equal(2, folder.Children.Count);
    }

    [Fact]
    public void Hard_links_are_one_file()
    {
        DebSample sample = new("perl-base");
        FileNode program = new(new MemoryContent("p"u8.ToArray())) { Permissions = 0x1ED };
        sample.Tree.Children.Add("perl", program);
        sample.Tree.Children.Add("perl5", program);
        using Unpacked unpacked = new(sample.Build());
        PackageTree tree = new(new PathRules([]));
        tree.Add(unpacked.Packages[0], "perl-base", s_nothing);
        Assert.Same(tree.Root.Children["perl"], tree.Root.Children["perl5"]);
    }

    [Fact]
    public void A_file_of_two_packages_needs_one_that_replaces_the_other()
    {
        DebSample first = new("a"), second = new("b") { Fields = "Replaces: a (<< 2), c\n" };
        first.Tree.With("etc/x", "of a");
        second.Tree.With("etc/x", "of b");
        using Unpacked unpacked = new(first.Build(), second.Build());
        PackageTree tree = new(new PathRules([]));
        tree.Add(unpacked.Packages[0], "a", s_nothing);
        ImageException error = Assert.Throws<ImageException>(() => tree.Add(unpacked.Packages[1], "b", s_nothing));
        Assert.Equal(ErrorIds.PackageConflict, error.ErrorId);
        Assert.Contains("a and b both have /etc/x", error.Message, StringComparison.Ordinal);

        InstalledPackage installed = Unpacked.Install(unpacked.Packages[1], "b");
        Assert.Equal(["a", "c"], installed.Replaces.Order());
        tree.Add(unpacked.Packages[1], "b", installed.Replaces);
        Assert.Equal("of b", Encoding.UTF8.GetString(TreePath.FindFile(tree.Root, "/etc/x")!.Content.ReadAll()));
    }

    [Theory]
    [InlineData("/usr/share/doc/x/copyright", true)]
    [InlineData("/usr/share/doc/x/changelog.gz", false)]
    [InlineData("/usr/share/docs", true)]
    [InlineData("/usr/lib/a.so", true)]
    [InlineData("/usr/share/doc", true)]
    public void Rules_are_those_of_dpkg(string path, bool isIncluded) => Assert.Equal(isIncluded, new PathRules(
        ["path-exclude=/usr/share/doc/*", "path-include=/usr/share/doc/*/copyright"]).Includes(path));
}
