using System.Text.RegularExpressions;
using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Elf;

public sealed class ElfFileTests
{
    public static TheoryData<string> HostPrograms => [.. ((string[])["/bin/sh", "/bin/busybox", "/usr/bin/env", "/usr/sbin/kmod", "/bin/kmod", "/lib/x86_64-linux-gnu/libc.so.6"]).Where(File.Exists)];

    [Theory]
    [MemberData(nameof(HostPrograms))]
    public void Programs_of_the_host_are_read_as_readelf_reads_them(string path)
    {
        Tools.Require("readelf");
        string dump = Tools.Run("readelf", "-W", "-h", "-l", "-d", path);
        ElfFile file = ElfFile.Parse(File.ReadAllBytes(path), path);
        Assert.Equal(dump.Contains("ELF64", StringComparison.Ordinal), file.Is64Bit);
        Assert.Equal(Regex.Matches(dump, @"\(NEEDED\).*\[(.*)\]").Select(match => match.Groups[1].Value), file.Needed);
        Assert.Equal(Regex.Match(dump, @"program interpreter: (.*)\]") is { Success: true } match ? match.Groups[1].Value : null, file.Interpreter);
    }

    [Theory]
    [InlineData(true, ElfMachine.Arm64)]
    [InlineData(false, ElfMachine.Arm)]
    public void Both_widths_are_read(bool is64Bit, ElfMachine machine)
    {
        ElfFile file = ElfFile.Parse(Sample(is64Bit, machine), "sample");
        Assert.Equal((is64Bit, machine, ElfType.Shared), (file.Is64Bit, file.Machine, file.Type));
        Assert.Equal("/lib/ld.so", file.Interpreter);
        Assert.Equal(["liba.so.1", "libb.so.2"], file.Needed);
        Assert.Equal(("$ORIGIN/x", "/old"), (file.RunPath, file.RPath));
        Assert.Equal([1, 2, 3], file.FindSection(".data")!.Value.ToArray());
        Assert.Null(file.FindSection(".text"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Readelf_agrees_with_our_samples(bool is64Bit)
    {
        Tools.Require("readelf");
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["sample"], Sample(is64Bit, is64Bit ? ElfMachine.Arm64 : ElfMachine.Arm));
        string dump = Tools.Run("readelf", "-W", "-h", "-l", "-d", "-S", folder["sample"]);
        Assert.Contains("[liba.so.1]", dump, StringComparison.Ordinal);
        Assert.Contains("/lib/ld.so", dump, StringComparison.Ordinal);
        Assert.Contains(".data", dump, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 2, "UnsupportedElf")]
    [InlineData(4, 3, "UnsupportedElf")]
    [InlineData(0, 0, "CorruptElf")]
    [InlineData(54, 0, "CorruptElf")]
    [InlineData(33, 0xFF, "CorruptElf")]
    [InlineData(41, 0xFF, "CorruptElf")]
    public void What_is_no_sound_ELF_file_is_refused(int offset, byte value, string errorId)
    {
        byte[] bytes = Sample(true, ElfMachine.Arm64);
        bytes[offset] = value;
        Assert.Equal(errorId, Assert.Throws<ImageException>(() => ElfFile.Parse(bytes, "sample")).ErrorId);
    }

    [Fact]
    public void An_endless_file_is_refused_without_reading_it() =>
        Assert.Equal("UnsupportedElf", Assert.Throws<ImageException>(() => ElfFile.Read(new Endless(), "endless")).ErrorId);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Damaged_files_give_errors_and_nothing_else(bool is64Bit)
    {
        byte[] bytes = Sample(is64Bit, ElfMachine.Arm);
        for (int seed = 0; seed < Seeds.Count; seed++)
        {
            try
            {
                ElfFile.Parse(Mutations.Damage(bytes, seed), "damaged");
            }
            catch (ImageException e)
            {
                Assert.Contains("Elf", e.ErrorId, StringComparison.Ordinal);
            }
        }
    }

    private static byte[] Sample(bool is64Bit, ElfMachine machine) => new ElfSample
    {
        Is64Bit = is64Bit, Machine = machine, Interpreter = "/lib/ld.so", Needed = ["liba.so.1", "libb.so.2"], RunPath = "$ORIGIN/x", RPath = "/old",
        Sections = [(".data", [1, 2, 3])],
    }.Build();

    private sealed class Endless : FileContent
    {
        public override long Length => long.MaxValue;

        public override void Read(long offset, Span<byte> buffer) => throw new InvalidOperationException();
    }
}
