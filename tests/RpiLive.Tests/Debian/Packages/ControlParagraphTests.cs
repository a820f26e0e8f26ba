using System.Text;
using RpiLive.Core.Debian.Packages;
using RpiLive.Core.Errors;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Packages;

public sealed class ControlParagraphTests
{
    private const string Control = """
        Package: hello
        version: 2.10-3
        # a comment
        Maintainer: Jürgen <j@example.org>
        Description: says hello
         It says so in one line.
        # another
         .
        	And that is all.
        Empty:
        Conffiles:
         /etc/hello.conf 0123

        """;

    [Fact]
    public void Fields_are_read_with_all_their_lines()
    {
        ControlParagraph paragraph = Parse(Control);
        Assert.Equal(["Package", "version", "Maintainer", "Description", "Empty", "Conffiles"], paragraph.Fields.Select(field => field.Key));
        Assert.Equal("2.10-3", paragraph["VERSION"]);
        Assert.Equal("Jürgen <j@example.org>", paragraph["Maintainer"]);
        Assert.Equal("says hello\n It says so in one line.\n .\n\tAnd that is all.", paragraph["Description"]);
        Assert.Equal("", paragraph["Empty"]);
        Assert.Equal("\n /etc/hello.conf 0123", paragraph["Conffiles"]);
        Assert.Null(paragraph["Depends"]);
    }

    [Fact]
    public void A_paragraph_is_written_as_it_was_read_but_for_comments()
    {
        string plain = string.Join('\n', Control.Split('\n').Where(line => !line.StartsWith('#')));
        Assert.Equal(plain, Parse(Control).ToString());
        Assert.Equal(plain, Parse(plain.Replace("\n", " \r\n", StringComparison.Ordinal)).ToString());
    }

    [Fact]
    public void Fields_are_set_and_removed()
    {
        ControlParagraph paragraph = Parse(Control);
        paragraph.Set("status", "install ok installed");
        paragraph.Set("DESCRIPTION", "short");
        Assert.True(paragraph.Remove("conffiles"));
        Assert.False(paragraph.Remove("conffiles"));
        Assert.Equal(["Package", "version", "Maintainer", "Description", "Empty", "status"], paragraph.Fields.Select(field => field.Key));
        Assert.Contains("\nDescription: short\nEmpty:\nstatus: install ok installed\n", paragraph.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("a b", "x")]
    [InlineData("a:", "x")]
    [InlineData("-a", "x")]
    [InlineData("#a", "x")]
    [InlineData("ä", "x")]
    [InlineData("a", "x\ny")]
    [InlineData("a", "x\n \n y")]
    [InlineData("a", "x\n")]
    public void What_would_not_be_read_again_is_not_set(string name, string value) =>
        Assert.Throws<ArgumentException>(() => new ControlParagraph().Set(name, value));

    [Fact]
    public void Blank_lines_part_paragraphs_wherever_the_stream_stops()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("\n \t\nA: 1\n\n\r\nB: 2\nC: 3\n  \nD: 4");
        using OneByteStream stream = new(bytes);
        Assert.Equal(["A=1", "B=2 C=3", "D=4"], ControlParagraph.ReadAll(stream, "Test", "test")
            .Select(paragraph => string.Join(' ', paragraph.Fields.Select(field => $"{field.Key}={field.Value}"))));
    }

    [Fact]
    public void Long_lines_are_read_whole()
    {
        string line = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i} ")).Trim();
        ControlParagraph paragraph = Parse($"A: {line}\nB: {line[..^1]}\n {line}\n");
        Assert.Equal(line, paragraph["A"]);
        Assert.Equal($"{line[..^1]}\n {line}", paragraph["B"]);
    }

    [Theory]
    [InlineData("", "has no fields")]
    [InlineData("\n# only\n", "has no fields")]
    [InlineData("A: 1\n\nB: 2\n", "more than one paragraph")]
    [InlineData(" A: 1\n", "line 1 continues a field")]
    [InlineData("A: 1\nB\n", "line 2 is no field: 'B'")]
    [InlineData(": 1\n", "line 1 is no field")]
    [InlineData("A B: 1\n", "line 1 is no field")]
    [InlineData("Ä: 1\n", "line 1 is no field")]
    [InlineData("A: 1\na: 2\n", "the field a stands there twice")]
    public void What_is_no_paragraph_is_refused(string text, string why)
    {
        ImageException error = Assert.Throws<ImageException>(() => Parse(text));
        Assert.Equal("CorruptTest", error.ErrorId);
        Assert.StartsWith("control: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paragraphs_without_end_are_refused()
    {
        Assert.Contains("more than 1000 fields", Assert.Throws<ImageException>(() => Parse(string.Concat(Enumerable.Range(0, 1001).Select(i => $"F{i}: 1\n")))).Message, StringComparison.Ordinal);
        Assert.Contains("more than 4,194,304 bytes", Assert.Throws<ImageException>(() => Parse("A: " + new string('x', 9 << 20))).Message, StringComparison.Ordinal);
        string line = $" {new string('x', 1 << 20)}\n";
        Assert.Contains("more than 4,194,304 bytes", Assert.Throws<ImageException>(() => Parse($"A: 1\n{line}{line}{line}{line}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_paragraphs_give_errors_and_nothing_else()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Control);
        for (int seed = 0; seed < Seeds.Count; seed++)
        {
            try
            {
                string written = ControlParagraph.Parse(Mutations.Damage(bytes, seed), "Test", "control").ToString();
                Assert.Equal(written, Parse(written).ToString());
            }
            catch (ImageException e)
            {
                Assert.Equal("CorruptTest", e.ErrorId);
            }
        }
    }

    private static ControlParagraph Parse(string text) => ControlParagraph.Parse(Encoding.UTF8.GetBytes(text), "Test", "control");

    private sealed class OneByteStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }
}
