using System.Buffers.Binary;
using System.Text;
using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Kernel.Indexes;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Elf;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Kernel.Indexes;

public sealed class ForgedModulesTests
{
    private static readonly ModuleSample s_sound = new()
    {
        Exports = ["a", "bb"], Imports = ["printk", "c"], Versions = ["module_layout", "d"], Information = ["alias=x-[0-9]", "softdep=pre: y"],
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Damaged_modules_give_indexes_or_an_error_that_names_them(bool is64Bit)
    {
        byte[] module = (s_sound with { Is64Bit = is64Bit }).Build();
        for (int seed = 0; seed < Seeds.Count; seed++)
            MakeOrRefuse(Mutations.Damage(module, seed));
    }

    [Fact]
    public void Modules_cut_anywhere_give_an_error()
    {
        byte[] module = s_sound.Build();
        for (int length = 0; length < module.Length; length++)
            Assert.Contains("/kernel/m.ko: ", Refusal(new ModuleDirectory().With("kernel/m.ko", module[..length])), StringComparison.Ordinal);
    }

    [Fact]
    public void Symbols_named_outside_of_the_string_table_are_refused()
    {
        byte[] symbols = new byte[48];
        BinaryPrimitives.WriteInt32LittleEndian(symbols.AsSpan(24), 1000);
        Assert.EndsWith("/kernel/m.ko: a symbol has its name at 1,000 of 3 bytes.", Refusal(Elf((".symtab", symbols), (".strtab", "\0a\0"u8.ToArray()))), StringComparison.Ordinal);
        BinaryPrimitives.WriteInt32LittleEndian(symbols.AsSpan(24), 1);
        Assert.EndsWith("/kernel/m.ko: the text of symbol name has no end.", Refusal(Elf((".symtab", symbols), (".strtab", "\0aa"u8.ToArray()))), StringComparison.Ordinal);
        Assert.EndsWith("/kernel/m.ko: a symbol table of 47 bytes, no multiple of 24.", Refusal(Elf((".symtab", symbols[..47]), (".strtab", [0]))), StringComparison.Ordinal);
        Assert.Contains("__versions has 65 bytes", Refusal(Elf((".symtab", symbols), (".strtab", "\0a\0"u8.ToArray()), ("__versions", new byte[65]))), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_symbols_of_one_long_name_are_refused_before_they_fill_memory()
    {
        byte[] symbols = new byte[24 * 200_000];
        for (int offset = 24; offset < symbols.Length; offset += 24)
            BinaryPrimitives.WriteInt32LittleEndian(symbols.AsSpan(offset), 1);
        byte[] names = [0, .. Encoding.ASCII.GetBytes(new string('n', 4000)), 0];
        Assert.Contains("bytes of symbols and aliases", Refusal(Elf((".symtab", symbols), (".strtab", names))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alias=a\nalias evil", "has alias text of several lines")]
    [InlineData("softdep=pre: a\ninstall b", "has soft dependency text of several lines")]
    [InlineData("alias=\u00FC", "has alias text that is not ASCII")]
    public void Texts_that_no_file_can_hold_are_refused(string information, string message) => Assert.Contains(
        message, Refusal(new ModuleDirectory().With("kernel/m.ko", s_sound with { Information = [information] })), StringComparison.Ordinal);

    [Theory]
    [InlineData("kernel/.ko")]
    [InlineData("kernel/..ko")]
    [InlineData("kernel/.hidden.ko")]
    [InlineData("kernel/a b.ko")]
    [InlineData("kernel/a\nb.ko")]
    [InlineData("kernel/\u00FC.ko")]
    [InlineData("\u00FC/a.ko.xz")]
    public void Paths_that_no_file_can_hold_are_refused(string path) => Assert.Equal(
        $"{ModuleDirectory.Folder}/{path}: no list of modules can hold this path.", Refusal(new ModuleDirectory().With(path, s_sound)));

    [Fact]
    public void Paths_without_end_are_refused()
    {
        DirectoryNode deep = new();
        ModuleDirectory directory = new();
        ((DirectoryNode)TreePath.Find(directory.Root, ModuleDirectory.Folder)!).Children["d"] = deep;
        for (int i = 0; i < 100_000; i++)
        {
            DirectoryNode next = new();
            deep.Children["d"] = next;
            deep = next;
        }
        Assert.Contains("directories in paths of more than 1,024 characters", Refusal(directory), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("b")]
    [InlineData("c")]
    public void Modules_that_need_each_other_or_themselves_are_refused_as_by_depmod(string need)
    {
        ModuleDirectory directory = new ModuleDirectory()
            .With("kernel/a.ko", new ModuleSample { Exports = ["a"], Imports = ["b"] })
            .With("kernel/b.ko", new ModuleSample { Exports = ["b"], Imports = ["c"] })
            .With("kernel/c.ko", new ModuleSample { Exports = ["c"], Imports = [need, "used"] })
            .With("kernel/used.ko", new ModuleSample { Exports = ["used"] });
        Assert.Matches("/kernel/[bc].ko: needs itself, through modules that it depends on", Refusal(directory));
        Assert.False(TreePath.FindDirectory(directory.Root, ModuleDirectory.Folder)!.Children.ContainsKey("modules.dep"));
        Tools.Require("depmod");
        using TemporaryFolder folder = new();
        directory.Write(folder.Path);
        Assert.Contains("dependency cycles", Tools.TryRun("depmod", "-b", folder.Path, ModuleDirectory.Release).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_that_would_fill_memory_is_refused()
    {
        ModuleDirectory directory = new();
        for (int i = 0; i < 4000; i++)
            directory.With($"kernel/module-{i}.ko", new ModuleSample { Exports = [$"s{i}"], Imports = [$"s{i + 1}"] });
        Assert.Equal($"{ModuleDirectory.Folder}/modules.dep: has or would have more than 16,777,216 bytes.", Refusal(directory));
    }

    [Theory]
    [InlineData("6.1.0-51-arm64")]
    [InlineData("../modules")]
    [InlineData("")]
    public void There_is_nothing_to_make_for_another_release(string release) => Assert.Equal("CorruptModule", Assert.Throws<ImageException>(() =>
        ModuleIndexes.Make(new ModuleDirectory().Root, release, new ToolCodecs(), default, TestContext.Current.CancellationToken)).ErrorId);

    [Fact]
    public void Reading_ends_when_it_is_cancelled() => Assert.ThrowsAny<OperationCanceledException>(() => ModuleIndexes.Make(
        new ModuleDirectory().With("kernel/m.ko", s_sound).Root, ModuleDirectory.Release, new ToolCodecs(), default, new CancellationToken(canceled: true)));

    private static ModuleDirectory Elf(params (string Name, byte[] Content)[] sections) =>
        new ModuleDirectory().With("kernel/m.ko", new ElfSample { Type = ElfType.Relocatable, Sections = sections }.Build());

    private static string Refusal(ModuleDirectory directory)
    {
        ImageException error = Assert.Throws<ImageException>(directory.Make);
        Assert.Equal("CorruptModule", error.ErrorId);
        return error.Message;
    }

    private static void MakeOrRefuse(byte[] module)
    {
        try
        {
            new ModuleDirectory().With("kernel/m.ko", module).Make();
        }
        catch (ImageException e)
        {
            Assert.Equal("CorruptModule", e.ErrorId);
            Assert.Contains("/kernel/m.ko: ", e.Message, StringComparison.Ordinal);
        }
    }
}
