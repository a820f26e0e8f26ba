using System.Globalization;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Kernel.Indexes;

public sealed class ModuleIndexesTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_files_are_those_of_depmod(bool is64Bit) => Many(is64Bit).MakeAndCompare();

    [Fact]
    public void Without_any_module_or_list_the_files_are_those_of_depmod() => new ModuleDirectory().MakeAndCompare();

    [Fact]
    public void Empty_lists_make_indexes_without_keys() =>
        new ModuleDirectory().With("modules.order", "").With("modules.builtin", "").With("modules.builtin.modinfo", "").MakeAndCompare();

    [Theory]
    [InlineData("")]
    [InlineData("kernel/c.ko\nkernel/a.ko\n")]
    [InlineData("kernel/c.ko\nkernel/gone.ko\n\nkernel/a.ko\nkernel/c.ko\n")]
    [InlineData("kernel/c.ko\nkernel/a.ko")]
    public void Modules_that_the_order_does_not_list_come_where_depmod_has_them(string order)
    {
        ModuleDirectory directory = new ModuleDirectory().With("modules.order", order);
        foreach (string name in (string[])["a", "b", "c", "dd", "eee", "ffff", "g-h-i", "another_one", "extra/longer-name-of-a-module"])
            directory.With($"kernel/{name}.ko", new ModuleSample { Exports = [name.Replace('-', '_')], Imports = name == "a" ? ["b", "g_h_i", "dd"] : [] });
        directory.MakeAndCompare();
    }

    [Fact]
    public void Dependencies_follow_symbols_however_they_are_exported_and_imported()
    {
        ModuleDirectory directory = new ModuleDirectory()
            .With("kernel/crc.ko", new ModuleSample { Exports = ["with_crc", "both"] })
            .With("kernel/plain.ko", new ModuleSample { PlainExports = ["without_crc", "both"] })
            .With("kernel/versioned.ko", new ModuleSample { Imports = ["printk", "with_crc"], Versions = ["module_layout", "without_crc", "with_crc"] })
            .With("kernel/itself.ko", new ModuleSample { Exports = ["own"], Imports = ["both", ".with_crc"] })
            .With("kernel/none.ko", new ModuleSample { Information = ["depends=crc,plain"] })
            .With("modules.order", "kernel/plain.ko\nkernel/versioned.ko\nkernel/crc.ko\nkernel/itself.ko\nkernel/none.ko\n");
        directory.MakeAndCompare();
        ModuleTree modules = ModuleTree.Open(directory.Root, ModuleDirectory.Release, new ToolCodecs())!;
        Assert.Equal(["kernel/plain.ko", "kernel/crc.ko"], modules.Find("versioned")!.Dependencies.OrderDescending());
        Assert.Empty(modules.Find("none")!.Dependencies);
    }

    [Fact]
    public void The_module_in_updates_stands_for_its_name()
    {
        ModuleDirectory directory = new ModuleDirectory()
            .With("kernel/a-b.ko", new ModuleSample { Information = ["alias=old"] })
            .With("updates/dkms/a_b.ko", new ModuleSample { Information = ["alias=new"] })
            .With("updates/z.ko", new ModuleSample { Information = ["alias=new-z"] })
            .With("zz/z.ko", new ModuleSample { Information = ["alias=old-z"] })
            .With("modules.order", "kernel/a-b.ko\n");
        directory.MakeAndCompare();
        Assert.Equal(["alias new a_b", "alias new-z z"], directory.Text("modules.alias").Split('\n').Where(line => line.StartsWith("alias", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void Links_are_followed_and_build_trees_are_not()
    {
        ModuleDirectory directory = new ModuleDirectory().With("kernel/a.ko", new ModuleSample { Exports = ["a"] })
            .With("build/b.ko", "no module").With("kernel/source/c.ko", "no module").With("kernel/x.ko.bak", "no module").With("kernel/ko", "no module");
        directory.Root.WithLink(ModuleDirectory.Folder + "/extra/linked.ko", "../kernel/a.ko").WithLink(ModuleDirectory.Folder + "/extra/dangling.ko", "nowhere");
        directory.MakeAndCompare();
        directory.Root.WithLink(ModuleDirectory.Folder + "/extra/loop", "..").WithLink(ModuleDirectory.Folder + "/extra/self", "self");
        Assert.Equal(["a", "linked"], directory.Make().All.Select(module => module.Name).Order());
    }

    [Fact]
    public void The_directory_may_lie_behind_a_link()
    {
        byte[] module = new ModuleSample { Information = ["alias=x"] }.Build();
        DirectoryNode root = new DirectoryNode().With("usr" + ModuleDirectory.Folder + "/kernel/a.ko", module).WithLink("lib", "usr/lib");
        Core.Kernel.Indexes.ModuleIndexes.Make(root, ModuleDirectory.Release, new ToolCodecs(), new Timestamp(7), TestContext.Current.CancellationToken);
        FileNode made = TreePath.FindFile(root, "/usr" + ModuleDirectory.Folder + "/modules.dep")!;
        Assert.Equal((0b110_100_100, 0u, 0u, new Timestamp(7)), (made.Permissions, made.UserId, made.GroupId, made.ModifiedTime));
        Assert.Equal("kernel/a.ko:\n"u8, made.Content.ReadAll());
    }

    [Theory]
    [InlineData(".ko.xz", "xz -c --check=crc32")]
    [InlineData(".ko.gz", "gzip -c")]
    [InlineData(".ko.zst", "zstd -qc")]
    public void Packed_modules_are_listed_as_they_lie(string ending, string tool)
    {
        Tools.Require("xz", "zstd", "sh");
        using TemporaryFolder folder = new();
        ModuleDirectory directory = new ModuleDirectory().With("modules.order", "kernel/b.ko\nkernel/a.ko\n");
        foreach ((string name, ModuleSample module) in (ReadOnlySpan<(string, ModuleSample)>)[("a", new() { Exports = ["x"] }), ("b", new() { Imports = ["x"] })])
        {
            File.WriteAllBytes(folder["m"], module.Build());
            Tools.Shell($"cd '{folder.Path}'; {tool} <m >packed");
            directory.With($"kernel/{name}{ending}", File.ReadAllBytes(folder["packed"]));
        }
        directory.Make();
        Assert.Equal($"kernel/b{ending}: kernel/a{ending}\nkernel/a{ending}:\n", directory.Text("modules.dep"));
        // Debian's depmod is built without zlib.
        if (ending != ".ko.gz")
            directory.MakeAndCompare();
    }

    [Fact]
    public void Modprobe_finds_in_the_indexes_what_they_hold()
    {
        Tools.Require("modprobe");
        ModuleDirectory directory = Many(is64Bit: true);
        directory.Make();
        using TemporaryFolder folder = new();
        directory.Write(folder.Path);
        foreach ((string asked, string[] found) in (ReadOnlySpan<(string, string[])>)
            [("leaf-1", ["leaf-1"]), ("middle_3", ["leaf-3", "middle-3"]), ("pci:v00001234d00000007sv1", ["leaf-7"]), ("symbol:fn_leaf_9", ["leaf-9"]), ("top", ["leaf-3", "middle-3", "leaf-2", "middle-2", "top"])])
        {
            string shown = Tools.Run("modprobe", "-d", folder.Path, "-S", ModuleDirectory.Release, "--config", "/dev/null", "--show-depends", asked);
            IEnumerable<string> names = shown.Split('\n').Where(line => line.StartsWith("insmod ", StringComparison.Ordinal)).Select(line => Path.GetFileNameWithoutExtension(line.Trim()));
            Assert.Equal(found.Order(), names.Order());
        }
        Assert.Contains("builtin", Tools.Run("modprobe", "-d", folder.Path, "-S", ModuleDirectory.Release, "--config", "/dev/null", "--show-depends", "nls-cp437"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_tree_reads_what_was_made()
    {
        ModuleTree modules = Many(is64Bit: true).Make();
        Assert.Equal(
            ["kernel/drivers/middle-3.ko", "kernel/lib/leaf-3.ko", "kernel/drivers/middle-2.ko", "kernel/lib/leaf-2.ko"],
            modules.Find("top")!.Dependencies.OrderDescending().OrderBy(path => path.Contains('2', StringComparison.Ordinal)).ThenBy(path => path));
        Assert.Equal(["pre_one", "post-one"], modules.SoftDependencies("top"));
        Assert.Equal("leaf_7", Assert.Single(modules.Lookup("fixed-alias-7")).Name);
        Assert.True(modules.IsBuiltIn("nls-cp437"));
    }

    [Fact]
    public void Weak_dependencies_have_a_file_as_newer_kmod_makes_it()
    {
        ModuleDirectory directory = new ModuleDirectory().With("kernel/a.ko", new ModuleSample { Information = ["weakdep=b", "weakdep=c-d"] });
        directory.Make();
        Assert.Equal("# Weak dependencies extracted from modules themselves.\nweakdep a b\nweakdep a c-d\n", directory.Text("modules.weakdep"));
    }

    private static ModuleDirectory Many(bool is64Bit)
    {
        ModuleDirectory directory = new();
        List<string> order = [];
        void Add(string path, ModuleSample module)
        {
            order.Insert(order.Count * 7 / 10, path);
            directory.With(path, module with { Is64Bit = is64Bit });
        }

        for (int i = 0; i < 300; i++)
        {
            Add($"kernel/lib/leaf-{i}.ko", new()
            {
                Exports = [$"fn_leaf_{i}", $"a_very_long_common_prefix_of_symbols_{i}"],
                Information = [$"alias=pci:v00001234d{i:X8}sv*", $"alias=fixed-alias-{i}", "alias=shared", $"alias=of:N*T*Cvendor-{(char)(' ' + 1 + (i % 94))}x"],
            });
            Add($"kernel/drivers/middle-{i}.ko", new()
            {
                Imports = ["printk", $"fn_leaf_{i}", .. i % 5 == 0 ? [$"fn_leaf_{i + 1}", "fn_leaf_0", $"fn_leaf_{i}"] : Array.Empty<string>()],
                Exports = [$"fn_middle_{i}"],
                Versions = i % 50 == 1 ? ["module_layout", "fn_leaf_4"] : [],
            });
        }
        Add("kernel/top.ko", new()
        {
            Imports = ["fn_middle_3", "fn_middle_2"], Exports = ["zzz", "fn_leaf_5"],
            Information =
            [
                "softdep=pre: pre_one post: post-one", "softdep=", "alias=devname:top/node", "alias=char-major-10-235", "alias=char-major-11-*", "alias=twice", "alias=twice",
                "alias=set-[a-z]-end", "alias=open[", "alias=close]", "alias=", "description=x", "nothing",
            ],
        });
        Add("kernel/block.ko", new() { Information = ["alias=block-major-7-3", "alias=devname:loop-x"] });
        Add("kernel/lost.ko", new() { Information = ["alias=devname:unnumbered", "alias=block-major-7-*"] });
        Add("kernel/a.ko", new() { PlainExports = ["p"], Information = ["alias=twice"] });
        Add("kernel/ab.ko", new() { Imports = ["p"] });
        Add("kernel/abc-.ko", new() { Imports = ["p", "zzz"] });
        return directory
            .With("modules.order", string.Concat(order.Select(path => path + "\n")))
            .With("modules.builtin", "kernel/fs/nls/nls_cp437.ko\nkernel/fs/nls/nls-utf8.ko\nkernel/fs/nls/nls-utf8.ko\n/absolute.ko\n\n")
            .With("modules.builtin.modinfo", string.Create(CultureInfo.InvariantCulture,
                $"sha256.license=GPL\0sha256.alias=crypto-sha256\0sha256.alias=sha256\0aes.alias=crypto-[a-z]\0aes.file=x\0sha256.alias=late\0aes.alias=late\0zz.alias=late\0zz.parm=alias=no\0"));
    }
}
