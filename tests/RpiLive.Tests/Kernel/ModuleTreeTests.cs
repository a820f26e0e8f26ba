using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Kernel;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Kernel;

public sealed class ModuleTreeTests
{
    private const string Release = "6.1.0-50-arm64", Folder = "lib/modules/" + Release;

    [Fact]
    public void Names_match_with_dashes_and_underscores_alike()
    {
        ModuleTree modules = Open();
        Assert.Equal("kernel/drivers/usb-storage.ko.xz", modules.Find("usb_storage")!.Path);
        Assert.Equal(modules.Find("usb-storage"), modules.Find("usb_storage"));
        Assert.Null(modules.Find("nothing"));
    }

    [Fact]
    public void Built_in_modules_are_known_by_name_and_alias()
    {
        ModuleTree modules = Open();
        Assert.True(modules.IsBuiltIn("nls-cp437"));
        Assert.True(modules.IsBuiltIn("crypto-sha256"));
        Assert.False(modules.IsBuiltIn("usb-storage"));
    }

    [Fact]
    public void A_closure_has_each_module_after_what_it_depends_on_and_soft_dependencies_by_alias()
    {
        Assert.Equal(["crc32c_generic", "crc16", "mbcache", "jbd2", "ext4"], Names(Open().Closure(["ext4", "crc16", "unknown", "nls_cp437"])));
        Assert.Equal(["usb_storage", "uas"], Names(Open().Closure(["uas"])));
    }

    [Fact]
    public void Modprobe_would_load_the_same()
    {
        Tools.Require("depmod", "modprobe", "sh", "gcc");
        using TemporaryFolder folder = new();
        string[] edges = ["a:b c", "b:d", "c:d e", "d:", "e:f", "f:", "g:a", "soft-er:"];
        Directory.CreateDirectory(folder[Folder + "/kernel/x"]);
        // Real relocatable objects, so that the real depmod finds the dependencies: each exports its name and calls those it needs.
        foreach (string edge in edges)
        {
            string name = edge.Split(':')[0], symbol = name.Replace('-', '_');
            string[] needs = edge.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            File.WriteAllText(folder["m.c"], string.Concat(needs.Select(need => $"extern void fn_{need}(void);\n"))
                + $"void fn_{symbol}(void) {{ {string.Concat(needs.Select(need => $"fn_{need}(); "))} }}\n"
                + $"static const char k[] __attribute__((section(\"__ksymtab_strings\"), used)) = \"fn_{symbol}\";\n"
                + $"const void *ks __attribute__((section(\"__ksymtab\"), used)) = fn_{symbol};\n"
                + $"__asm__(\".globl __ksymtab_fn_{symbol}\\n.set __ksymtab_fn_{symbol}, ks\\n\");\n"
                + $"static const char i[] __attribute__((section(\".modinfo\"), used)) = \"name={symbol}\\0alias=alias-{symbol}\\0{(name == "b" ? "softdep=pre: alias-soft-er" : "x=y")}\";\n");
            Tools.Run("gcc", "-c", "-fno-pic", "-o", folder[$"{Folder}/kernel/x/{name}.ko"], folder["m.c"]);
        }
        File.WriteAllText(folder[Folder + "/modules.builtin"], "");
        File.WriteAllText(folder[Folder + "/modules.order"], "");
        Tools.Run("depmod", "-b", folder.Path, Release);
        DirectoryNode root = new();
        foreach (string file in Directory.GetFiles(folder[Folder], "*", SearchOption.AllDirectories))
            root.With(Path.GetRelativePath(folder.Path, file), File.ReadAllBytes(file));
        ModuleTree modules = ModuleTree.Open(root, Release, new ToolCodecs())!;
        foreach (string name in (string[])["g", "a", "soft_er", "e", "alias-c"])
        {
            string shown = Tools.Run("modprobe", "-d", folder.Path, "-S", Release, "--show-depends", "--config", "/dev/null", name);
            IEnumerable<string> expected = shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Path.GetFileNameWithoutExtension(line.Trim()).Replace('-', '_'));
            Assert.Equal(expected.Order(), Names(modules.Closure([name])).Order());
        }
    }

    [Theory]
    [InlineData(".ko", "cat")]
    [InlineData(".ko.xz", "xz -c --check=crc32")]
    [InlineData(".ko.gz", "gzip -c")]
    [InlineData(".ko.zst", "zstd -qc")]
    public void Modules_are_read_out_of_every_compression(string ending, string tool)
    {
        Tools.Require("xz", "zstd", "sh");
        using TemporaryFolder folder = new();
        byte[] module = KernelSample.Module(Release);
        File.WriteAllBytes(folder["m"], module);
        Tools.Shell($"cd '{folder.Path}'; {tool} <m >packed");
        DirectoryNode root = new DirectoryNode().With($"{Folder}/modules.dep", $"kernel/m{ending}:\n").With($"{Folder}/kernel/m{ending}", File.ReadAllBytes(folder["packed"]));
        ModuleTree modules = ModuleTree.Open(root, Release, new ToolCodecs())!;
        Assert.Equal(module, modules.Read(modules.Find("m")!, KernelArchitecture.Arm64));
        Assert.Equal("kernel/m.ko", modules.Find("m")!.PlainPath);
    }

    [Fact]
    public void A_module_of_another_kernel_or_processor_is_refused()
    {
        ModuleTree Tree(byte[] module) => ModuleTree.Open(new DirectoryNode().With($"{Folder}/modules.dep", "m.ko:\n").With($"{Folder}/m.ko", module), Release, new ToolCodecs())!;
        string Refusal(byte[] module)
        {
            ImageException error = Assert.Throws<ImageException>(() => Tree(module).Read(Tree(module).Find("m")!, KernelArchitecture.Arm64));
            Assert.Equal("CorruptModule", error.ErrorId);
            return error.Message;
        }

        Assert.Contains("is built for kernel 5.10.0-1-arm64", Refusal(KernelSample.Module("5.10.0-1-arm64")), StringComparison.Ordinal);
        Assert.Contains("is for Arm, but its kernel is for Arm64", Refusal(KernelSample.Module(Release, ElfMachine.Arm)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no colon\n")]
    [InlineData("../../etc/passwd.ko:\n")]
    [InlineData("/abs.ko:\n")]
    [InlineData("kernel/not-a-module:\n")]
    [InlineData("a b.ko:\n")]
    public void A_modules_dep_that_names_no_modules_is_refused(string text) =>
        Assert.Equal("CorruptModule", Assert.Throws<ImageException>(() =>
            ModuleTree.Open(new DirectoryNode().With($"{Folder}/modules.dep", text), Release, new ToolCodecs())).ErrorId);

    [Fact]
    public void A_dependency_that_is_not_listed_is_an_error() =>
        Assert.Equal("CorruptModule", Assert.Throws<ImageException>(() => ModuleTree.Open(
            new DirectoryNode().With($"{Folder}/modules.dep", "a.ko: b.ko\n"), Release, new ToolCodecs())!.Closure(["a"])).ErrorId);

    [Fact]
    public void Modules_that_depend_on_each_other_come_once()
    {
        DirectoryNode root = new DirectoryNode().With($"{Folder}/modules.dep", "a.ko: b.ko\nb.ko: a.ko\n").With($"{Folder}/modules.softdep", "softdep a pre: a b\n");
        Assert.Equal(["b", "a"], Names(ModuleTree.Open(root, Release, new ToolCodecs())!.Closure(["a"])));
    }

    [Theory]
    [InlineData("6.1.0-51-arm64")]
    [InlineData("../modules/6.1.0-50-arm64")]
    [InlineData("")]
    public void There_is_no_tree_for_another_release(string release) => Assert.Null(ModuleTree.Open(Root(), release, new ToolCodecs()));

    [Fact]
    public void Forged_indexes_end_in_an_error_soon()
    {
        string many = string.Concat(Enumerable.Range(0, 5000).Select(i => $"m{i}.ko: m{i + 1}.ko\n")) + "m5000.ko:\n";
        ModuleTree chain = ModuleTree.Open(new DirectoryNode().With($"{Folder}/modules.dep", many), Release, new ToolCodecs())!;
        Assert.Equal("CorruptModule", Assert.Throws<ImageException>(() => chain.Closure(["m0"])).ErrorId);
        string aliases = string.Concat(Enumerable.Repeat("alias x a\n", 100_000)), soft = "softdep a pre:" + string.Concat(Enumerable.Repeat(" x", 100_000)) + "\n";
        ModuleTree wide = ModuleTree.Open(new DirectoryNode().With($"{Folder}/modules.dep", "a.ko:\n").With($"{Folder}/modules.alias", aliases).With($"{Folder}/modules.softdep", soft), Release, new ToolCodecs())!;
        Assert.Equal(["a"], Names(wide.Closure(["a"])));
    }

    internal static DirectoryNode Root() => new DirectoryNode()
        .With($"{Folder}/modules.dep", """
            kernel/fs/ext4/ext4.ko: kernel/fs/jbd2/jbd2.ko kernel/fs/mbcache.ko kernel/lib/crc16.ko
            kernel/fs/jbd2/jbd2.ko:
            kernel/fs/mbcache.ko:
            kernel/lib/crc16.ko:
            kernel/crypto/crc32c_generic.ko:
            kernel/drivers/usb-storage.ko.xz:
            kernel/drivers/uas.ko: kernel/drivers/usb-storage.ko.xz

            """.ReplaceLineEndings("\n"))
        .With($"{Folder}/modules.alias", "# Aliases\nalias crypto-crc32c crc32c_generic\nalias usb:v*p*d*dc*ic08* usb_storage\n")
        .With($"{Folder}/modules.softdep", "# Soft\nsoftdep ext4 pre: crypto-crc32c\nsoftdep jbd2 pre: crypto-crc32c\nsoftdep mbcache pre: gone post: nls_cp437\n")
        .With($"{Folder}/modules.builtin", "kernel/fs/nls/nls_cp437.ko\n")
        .With($"{Folder}/modules.builtin.modinfo", "sha256.license=GPL\0sha256.alias=crypto-sha256\0sha256.file=x\0");

    private static ModuleTree Open() => ModuleTree.Open(Root(), Release, new ToolCodecs())!;

    private static IEnumerable<string> Names(IEnumerable<ModuleEntry> modules) => modules.Select(module => module.Name);
}
