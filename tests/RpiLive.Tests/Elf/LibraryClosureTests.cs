using RpiLive.Core.Elf;
using RpiLive.Core.Errors;
using RpiLive.Core.Tree;
using RpiLive.Tests.Boot;
using RpiLive.Tests.SquashFs;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Elf;

public sealed class LibraryClosureTests
{
    private const string Loader = "/lib/ld-linux-aarch64.so.1", Triple = "aarch64-linux-gnu";

    private static readonly ElfSample s_program = new() { Interpreter = Loader, Needed = ["libresolv.so.2", "libc.so.6"] };

    [Fact]
    public void A_merged_usr_with_multiarch_directories_is_searched_through_its_links()
    {
        DirectoryNode root = Merged();
        Assert.Equal([$"/lib/{Triple}/libc.so.6", $"/lib/{Triple}/libresolv.so.2", Loader], Paths(root, s_program));
    }

    [Fact]
    public void A_static_program_needs_nothing() => Assert.Empty(Paths(new DirectoryNode(), new ElfSample()));

    [Fact]
    public void A_library_for_another_processor_is_passed_over()
    {
        DirectoryNode root = Merged().With("usr/local/lib/libc.so.6", new ElfSample { Machine = ElfMachine.X64 }.Build())
            .With("etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n").With("etc/ld.so.conf.d/libc.conf", "# first\n/usr/local/lib\n");
        Assert.Contains($"/lib/{Triple}/libc.so.6", Paths(root, s_program));
        ((DirectoryNode)TreePath.Find(root, $"/usr/lib/{Triple}")!).Children.Remove("libc.so.6");
        ImageException error = Assert.Throws<ImageException>(() => Paths(root, s_program));
        Assert.Equal(ErrorIds.LibraryMissing, error.ErrorId);
        Assert.Contains("libc.so.6, which ", error.Message, StringComparison.Ordinal);
        Assert.Contains("/usr/local/lib/libc.so.6 is not for Arm64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_only_the_configuration_finds_moves_to_where_no_cache_is_needed()
    {
        DirectoryNode root = Merged().With("opt/vc/lib/libx.so", new ElfSample { Needed = ["libc.so.6"] }.Build())
            .With("etc/ld.so.conf", "include ld.so.conf.d/*.conf\n").With("etc/ld.so.conf.d/00-vc.conf", "/opt/vc/lib\n").With("etc/ld.so.conf.d/ignored", "/usr/lib\n");
        Assert.Equal([$"/lib/{Triple}/libc.so.6", $"/lib/{Triple}/libx.so", Loader], Paths(root, s_program with { Needed = ["libx.so"] }));
    }

    [Theory]
    [InlineData("$ORIGIN/../lib/own", null, "/lib/own/libx.so")]
    [InlineData("/none:${ORIGIN}/own", null, "/bin/own/libx.so")]
    [InlineData(null, "$ORIGIN/own", "/bin/own/libx.so")]
    public void Origin_stands_for_the_directory_of_the_program(string? runPath, string? rPath, string expected)
    {
        DirectoryNode root = Merged();
        byte[] library = new ElfSample { Needed = ["libc.so.6"] }.Build();
        root.With("usr/lib/own/libx.so", library).With("usr/bin/own/libx.so", library).WithLink("bin", "usr/bin");
        Assert.Contains(expected, Paths(root, s_program with { Needed = ["libx.so"], RunPath = runPath, RPath = rPath }));
    }

    [Fact]
    public void A_missing_library_is_named_with_the_file_that_needs_it()
    {
        DirectoryNode root = Merged().With($"usr/lib/{Triple}/libresolv.so.2", new ElfSample { Needed = ["libgone.so.3"] }.Build());
        ImageException error = Assert.Throws<ImageException>(() => Paths(root, s_program));
        Assert.Equal(ErrorIds.LibraryMissing, error.ErrorId);
        Assert.Contains($"libgone.so.3, which /lib/{Triple}/libresolv.so.2 needs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_loader_nothing_starts() =>
        Assert.Equal(ErrorIds.LibraryMissing, Assert.Throws<ImageException>(() => Paths(new DirectoryNode(), s_program)).ErrorId);

    [Fact]
    public void Libraries_that_need_each_other_are_found_once()
    {
        DirectoryNode root = Merged().With($"usr/lib/{Triple}/libc.so.6", new ElfSample { Needed = ["libresolv.so.2", "libc.so.6"] }.Build());
        Assert.Equal(3, Paths(root, s_program).Count);
    }

    [Fact]
    public void The_libraries_of_a_program_of_the_host_are_those_that_ldd_finds()
    {
        Tools.Require("ldd", "kmod");
        string program = ((string[])["/usr/bin/kmod", "/bin/kmod"]).First(File.Exists);
        string[] expected = [.. Tools.Run("ldd", program).Split('\n').Select(line => line.Trim().Split(' '))
            .Where(words => words.Length > 2 && words[1] == "=>").Select(words => words[0]).Order(StringComparer.Ordinal)];
        DirectoryNode root = new();
        foreach (string path in (string[])["/lib64", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib"])
        {
            foreach (string file in Directory.Exists(path) ? Directory.GetFiles(path, "*.so*") : [])
                root.With(file, File.ReadAllBytes(file));
        }
        ElfFile elf = ElfFile.Parse(File.ReadAllBytes(program), program);
        Assert.Equal(expected, new LibraryClosure(root).Resolve(elf, program).Select(file => Path.GetFileName(file.Path))
            .Where(name => !elf.Interpreter!.EndsWith(name, StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Programs_share_what_was_read()
    {
        DirectoryNode root = Merged();
        int reads = 0;
        byte[] libc = new ElfSample { Needed = ["ld-linux-aarch64.so.1"] }.Build();
        ((DirectoryNode)TreePath.Find(root, $"/usr/lib/{Triple}")!).Children["libc.so.6"] = new FileNode(new CountingContent(libc, () => reads++));
        LibraryClosure closure = new(root);
        foreach (string path in (string[])["/bin/busybox", "/sbin/e2fsck"])
        {
            NeededFile library = closure.Resolve(ElfFile.Parse(s_program.Build(), path), path).First(file => file.Path.EndsWith("/libc.so.6", StringComparison.Ordinal));
            Assert.Equal(libc, library.Content.ReadAll());
        }
        Assert.Equal(1, reads);
    }

    private static DirectoryNode Merged() => new DirectoryNode()
        .WithLink("lib", "usr/lib")
        .With("usr/lib/ld-linux-aarch64.so.1", new ElfSample().Build())
        .With($"usr/lib/{Triple}/libc.so.6", new ElfSample { Needed = ["ld-linux-aarch64.so.1"] }.Build())
        .With($"usr/lib/{Triple}/libresolv.so.2", new ElfSample { Needed = ["libc.so.6"] }.Build());

    private static List<string> Paths(DirectoryNode root, ElfSample program) =>
        [.. new LibraryClosure(root).Resolve(ElfFile.Parse(program.Build(), "/bin/busybox"), "/bin/busybox").Select(file => file.Path)];
}
