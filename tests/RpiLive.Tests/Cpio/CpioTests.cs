using System.Text;
using RpiLive.Core.Cpio;
using RpiLive.Core.Errors;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Cpio;

public sealed class CpioTests
{
    [Fact]
    public void Cpio_unpacks_what_we_write()
    {
        Tools.Require("cpio", "sh", "find", "stat");
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["archive"], Sample());
        Tools.Shell($"mkdir '{folder["out"]}'; cd '{folder["out"]}'; cpio -i --quiet --no-preserve-owner <'{folder["archive"]}'");
        Assert.Equal("a b\n", File.ReadAllText(folder["out/etc/deep/er/odd"]));
        Assert.Equal(Payload(), File.ReadAllBytes(folder["out/bin/tool"]));
        Assert.Equal("tool", File.ResolveLinkTarget(folder["out/bin/alias"], false)!.Name);
        Assert.Equal("755 700 4755", Tools.Shell($"cd '{folder["out"]}'; echo $(stat -c %a etc/deep etc/private bin/tool)").Trim());
    }

    [Fact]
    public void Cpio_lists_devices_owners_and_times_as_we_wrote_them()
    {
        Tools.Require("cpio", "sh");
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["archive"], Sample());
        string listing = Tools.Shell($"cpio -tvn --quiet <'{folder["archive"]}'");
        Assert.Matches(@"(?m)^crw-------\s+1 0\s+0\s+5,\s+1 .* dev/console$", listing);
        Assert.Matches(@"(?m)^drwxr-xr-x\s+2 0\s+0\s+0 .* etc$", listing);
        Assert.Matches(@"(?m)^lrwxrwxrwx .* bin/alias -> tool$", listing);
        Assert.Equal(listing, Tools.Shell($"TZ=UTC cpio -tvn --quiet <'{folder["archive"]}'"));
    }

    [Fact]
    public void The_same_calls_give_the_same_bytes() => Assert.Equal(Sample(), Sample());

    [Fact]
    public void The_reader_reads_what_cpio_writes()
    {
        Tools.Require("cpio", "sh");
        using TemporaryFolder folder = new();
        Tools.Shell($"cd '{folder.Path}'; mkdir in; printf hello >in/file; ln -s file in/link; printf x >in/äö; find in | sort | cpio -o -H newc --quiet >new; find in | sort | cpio -o -H crc --quiet >crc");
        foreach (string form in (string[])["new", "crc"])
        {
            IReadOnlyList<CpioEntry> entries = CpioReader.Read(File.ReadAllBytes(folder[form]), form);
            Assert.Equal(["in", "in/file", "in/link", "in/äö"], entries.Select(entry => entry.Name));
            Assert.Equal("hello", Encoding.UTF8.GetString(entries[1].Content.Span));
            Assert.Equal(0x81A4u, entries[1].Mode);
            Assert.Equal("file", Encoding.UTF8.GetString(entries[2].Content.Span));
        }
    }

    [Fact]
    public void A_wrong_checksum_is_found()
    {
        Tools.Require("cpio", "sh");
        using TemporaryFolder folder = new();
        Tools.Shell($"cd '{folder.Path}'; printf hello >file; echo file | cpio -o -H crc --quiet >crc");
        byte[] archive = File.ReadAllBytes(folder["crc"]);
        archive[Encoding.Latin1.GetString(archive).IndexOf("hello", StringComparison.Ordinal)] ^= 1;
        Assert.Equal("CorruptCpio", Assert.Throws<ImageException>(() => CpioReader.Read(archive, "crc")).ErrorId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData("./a")]
    public void Paths_that_leave_the_archive_are_refused(string path)
    {
        CpioWriter writer = new(new MemoryStream());
        Assert.Throws<ArgumentException>(() => writer.AddFile(path, []));
    }

    [Fact]
    public void A_name_is_not_written_twice()
    {
        CpioWriter writer = new(new MemoryStream());
        writer.AddFile("a", []);
        Assert.Throws<ArgumentException>(() => writer.AddSymbolicLink("a", "b"));
    }

    [Fact]
    public void Damaged_archives_give_errors_and_nothing_else()
    {
        byte[] archive = Sample();
        for (int seed = 0; seed < Seeds.Count; seed++)
        {
            byte[] damaged = Mutations.Damage(archive, seed);
            try
            {
                Assert.All(CpioReader.Read(damaged, "damaged"), entry => Assert.True(entry.Content.Length <= damaged.Length));
            }
            catch (ImageException e)
            {
                Assert.Equal("CorruptCpio", e.ErrorId);
            }
        }
    }

    private static byte[] Payload() => [.. Enumerable.Range(0, 10_001).Select(i => (byte)(i * 31))];

    private static byte[] Sample()
    {
        using MemoryStream stream = new();
        CpioWriter writer = new(stream, 1_000_000_000);
        writer.AddDirectory("proc");
        writer.AddFile("etc/deep/er/odd", "a b\n"u8);
        writer.AddDirectory("etc/private", 0x1C0);
        writer.AddDirectory("etc");
        writer.AddFile("bin/tool", Payload(), 0x9ED);
        writer.AddSymbolicLink("bin/alias", "tool");
        writer.AddCharacterDevice("dev/console", 5, 1);
        writer.Finish();
        return stream.ToArray();
    }
}
