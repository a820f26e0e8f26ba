using System.Text;
using RpiLive.Core.Debian.Root;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Debian.Support;

namespace RpiLive.Tests.Debian.Root;

public sealed class PackageTreeTests
{
    [Fact]
    public void Paths_go_through_links_of_merged_usr()
    {
        DebSample shell = new("dash");
        shell.Tree.With("bin/sh", "program");
        using Unpacked unpacked = new(shell.Build());
        PackageTree tree = new(new PathRules([]));
        tree.MergeUsr();
        tree.Add(Unpacked.Install(unpacked.Packages[0], "dash"));
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
        tree.Add(Unpacked.Install(unpacked.Packages[0], "a"));
        tree.Add(Unpacked.Install(unpacked.Packages[1], "b"));
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
        tree.Add(Unpacked.Install(unpacked.Packages[0], "perl-base"));
        Assert.Same(tree.Root.Children["perl"], tree.Root.Children["perl5"]);
    }

    [Fact]
    public void A_file_of_two_packages_needs_one_that_replaces_the_other()
    {
        DebSample first = new("a"), second = new("b") { Fields = "Replaces: a (<< 0.9), c\n" }, third = second with { Fields = "Replaces: a (<< 2)\n" };
        first.Tree.With("etc/x", "of a");
        second.Tree.With("etc/x", "of b");
        using Unpacked unpacked = new(first.Build(), second.Build(), third.Build());
        PackageTree tree = new(new PathRules([]));
        tree.Add(Unpacked.Install(unpacked.Packages[0], "a"));
        ImageException error = Assert.Throws<ImageException>(() => tree.Add(Unpacked.Install(unpacked.Packages[1], "b")));
        Assert.Equal(ErrorIds.PackageConflict, error.ErrorId);
        Assert.Contains("a and b both have /etc/x", error.Message, StringComparison.Ordinal);

        tree.Add(Unpacked.Install(unpacked.Packages[2], "b"));
        Assert.Equal("of b", Encoding.UTF8.GetString(TreePath.FindFile(tree.Root, "/etc/x")!.Content.ReadAll()));
    }

    [Fact]
    public void The_file_of_an_earlier_package_stays_that_replaces_the_later_one()
    {
        DebSample first = new("a") { Fields = "Replaces: b\n" }, second = new("b");
        first.Tree.With("etc/x", "of a");
        second.Tree.With("etc/x", "of b");
        using Unpacked unpacked = new(first.Build(), second.Build());
        PackageTree tree = new(new PathRules([]));
        tree.Add(Unpacked.Install(unpacked.Packages[0], "a"));
        tree.Add(Unpacked.Install(unpacked.Packages[1], "b"));
        Assert.Equal("of a", Encoding.UTF8.GetString(TreePath.FindFile(tree.Root, "/etc/x")!.Content.ReadAll()));
        Assert.Equal([("b", "/etc/x")], tree.Replaced);
    }

    [Fact]
    public void Links_cannot_make_the_tree_deeper_than_it_may_be()
    {
        string deep = string.Join('/', Enumerable.Repeat("d", 200));
        DebSample first = new("a"), second = new("b");
        first.Tree.With(deep + "/x", "1").WithLink("l", deep);
        second.Tree.With($"l/{deep}/y", "2");
        using Unpacked unpacked = new(first.Build(), second.Build());
        PackageTree tree = new(new PathRules([]));
        tree.Add(Unpacked.Install(unpacked.Packages[0], "a"));
        Assert.Contains("deeper", Assert.Throws<ImageException>(() => tree.Add(Unpacked.Install(unpacked.Packages[1], "b"))).Message, StringComparison.Ordinal);
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
