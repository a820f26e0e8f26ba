using System.Text;
using RpiLive.Core.Imaging.BootFiles;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.BootFiles;

public sealed class ConfigTextTests
{
    /// <summary>The shape of a Bookworm config.txt.</summary>
    private const string Bookworm = """
        # For more options and information see
        # http://rptl.io/configtxt
        dtparam=audio=on

        auto_initramfs=1
        dtoverlay=vc4-kms-v3d
        arm_64bit=1

        [cm4]
        otg_mode=1

        [cm5]
        dtoverlay=dwc2,dr_mode=host

        [all]

        """;

    [Theory]
    [InlineData("")]
    [InlineData("no newline")]
    [InlineData("a=1\r\n\r\n# comment \t\r\n[pi4]\r\nb=2")]
    [InlineData("\n\n[")]
    [InlineData("ünïcode=日本\n")]
    public void Text_that_is_not_edited_is_kept_byte_for_byte(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(bytes, new ConfigText(bytes).ToBytes());
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_survive_an_edit()
    {
        byte[] bytes = [.. "# caf"u8, 0xE9, (byte)'\n', .. "a=1\n"u8];
        ConfigText text = new(bytes);
        text.Set("b", "2");
        Assert.Equal([.. bytes, .. "b=2\n"u8], text.ToBytes());
    }

    [Fact]
    public void Values_follow_the_sections_that_match_the_board()
    {
        ConfigText text = Parse("""
            kernel=all.img
            [pi4]
            kernel=pi4.img
            [pi400]
            kernel=pi400.img
            [cm4]
            kernel=cm4.img
            [board-type=0x13]
            kernel=type13.img
            [all]
            [pi0]
            kernel=pi0.img
            [pi02]
            kernel=pi02.img
            [none]
            kernel=none.img
            [pi5]
            kernel=pi5.img
            [unheard-of]
            kernel=unheard.img
            [all]
            [tryboot]
            kernel=tryboot.img
            """);
        Assert.Equal("pi4.img", text.Value("kernel", BoardFilters.Pi4));
        Assert.Equal("pi400.img", text.Value("kernel", BoardFilters.Pi400));
        Assert.Equal("cm4.img", text.Value("kernel", BoardFilters.ComputeModule4));
        Assert.Equal("pi0.img", text.Value("kernel", BoardFilters.ZeroW));
        Assert.Equal(["all.img", "pi0.img", "pi02.img"], text.Values("kernel", BoardFilters.Zero2W));
        Assert.Equal("pi5.img", text.Value("kernel", BoardFilters.Pi5));
        Assert.Equal("all.img", text.Value("kernel", BoardFilters.Pi3));
        Assert.Equal("tryboot.img", text.Value("kernel", BoardFilters.Pi3.With("tryboot")));
        Assert.Null(text.Value("cmdline", BoardFilters.Pi3));
    }

    [Fact]
    public void Filters_of_one_kind_replace_each_other_and_those_of_several_combine()
    {
        // The example of the Raspberry Pi documentation, "Combining conditional filters".
        ConfigText text = Parse("""
            [EDID=VSC-TD2220]
            a=monitor
            [pi2]
            a=monitor and Pi 2
            [pi4]
            a=monitor and Pi 4
            [gpio4=1]
            a=and a pin
            [all]
            b=1
            """);
        Assert.Empty(text.Values("a", BoardFilters.Pi2));
        Assert.Equal(["monitor", "monitor and Pi 2"], text.Values("a", BoardFilters.Pi2.With("EDID=VSC-TD2220")));
        Assert.Equal(["monitor", "monitor and Pi 4", "and a pin"], text.Values("a", BoardFilters.Pi4.With("EDID=VSC-TD2220", "gpio4=1")));
        Assert.Equal("1", text.Value("b", BoardFilters.Pi2));
    }

    [Fact]
    public void Board_types_are_numbers_and_not_text()
    {
        ConfigText text = Parse("[board-type=20]\na=1\n[board-type=0x14]\nb=1\n[board-type=0xZZ]\nc=1\n");
        Assert.Equal("1", text.Value("a", BoardFilters.ComputeModule4));
        Assert.Equal("1", text.Value("b", BoardFilters.ComputeModule4));
        Assert.Null(text.Value("c", BoardFilters.ComputeModule4));
        Assert.Null(text.Value("a", BoardFilters.Pi5));
    }

    [Fact]
    public void An_initramfs_line_needs_no_equals_sign_and_comments_and_blanks_do_not_count()
    {
        ConfigText text = Parse("#initramfs old followkernel\n  initramfs initrd.img,extra followkernel \r\ninitramfsx=1\n start_x = 1\n");
        Assert.Equal(["initrd.img,extra followkernel"], text.Values("initramfs", BoardFilters.Pi4));
        Assert.Equal("1", text.Value("start_x", BoardFilters.Pi4));
    }

    [Fact]
    public void Included_files_count_where_their_line_stands()
    {
        ConfigText text = Parse("a=1\ninclude extra.txt\na=3\n[pi5]\ninclude five.txt\n[all]\ninclude missing.txt\n");
        ConfigText? Include(string name) => name switch
        {
            "extra.txt" => Parse("a=2\n"),
            "five.txt" => Parse("a=5\n"),
            _ => null,
        };
        Assert.Equal(["1", "2", "3"], text.Values("a", BoardFilters.Pi4, Include));
        Assert.Equal(["1", "2", "3", "5"], text.Values("a", BoardFilters.Pi5, Include));
        Assert.Equal(["1", "3"], text.Values("a", BoardFilters.Pi4));
    }

    [Fact]
    public void A_file_that_includes_itself_comes_to_an_end()
    {
        ConfigText text = Parse("a=1\ninclude config.txt\n");
        Assert.Equal(9, text.Values("a", BoardFilters.Pi4, _ => text).Count);
    }

    [Fact]
    public void Set_changes_the_last_line_under_all_in_place()
    {
        ConfigText text = Parse(Bookworm);
        text.Set("arm_64bit", "0");
        Assert.Equal(Bookworm.Replace("arm_64bit=1", "arm_64bit=0"), Text(text));
    }

    [Fact]
    public void Set_appends_under_all_where_the_last_line_is_under_a_condition()
    {
        ConfigText text = Parse("kernel=a\n[pi5]\nkernel=b");
        text.Set("kernel", "c");
        Assert.Equal("kernel=a\n[pi5]\nkernel=b\n[all]\nkernel=c\n", Text(text));
        Assert.Equal("c", text.Value("kernel", BoardFilters.Pi5));
    }

    [Fact]
    public void A_new_value_counts_on_every_board_and_the_second_edit_changes_nothing()
    {
        foreach (string start in (string[])[Bookworm, "", "x", "[pi4]\r\nauto_initramfs=0\r\n", "auto_initramfs=2\n[pi4]\n"])
        {
            ConfigText text = Parse(start);
            text.Set("auto_initramfs", "1");
            text.AddSection("pi5", "initramfs initramfs_2712 followkernel");
            text.AddLine("dtparam=watchdog=on");
            byte[] once = text.ToBytes();
            text.Set("auto_initramfs", "1");
            text.AddSection("pi5", "initramfs initramfs_2712 followkernel");
            text.AddLine("dtparam=watchdog=on");
            Assert.Equal(Encoding.UTF8.GetString(once), Text(text));
            foreach (BoardFilters board in (BoardFilters[])[BoardFilters.Pi1, BoardFilters.Pi4, BoardFilters.ComputeModule5])
            {
                Assert.Equal("1", text.Value("auto_initramfs", board));
                Assert.Equal("watchdog=on", text.Value("dtparam", board));
            }
            Assert.Equal("initramfs_2712 followkernel", text.Value("initramfs", BoardFilters.Pi5));
            Assert.Null(text.Value("initramfs", BoardFilters.Pi4));
        }
    }

    [Fact]
    public void An_edited_text_keeps_its_line_ends_and_closes_with_a_newline_under_all()
    {
        ConfigText text = Parse("a=1\r\n[pi4]\r\nb=2");
        text.AddSection("pi5", "c=3", "d=4");
        Assert.Equal("a=1\r\n[pi4]\r\nb=2\r\n[all]\r\n[pi5]\r\nc=3\r\nd=4\r\n[all]\r\n", Text(text));
    }

    [Fact]
    public void Remove_takes_the_key_out_of_every_section_and_leaves_the_rest()
    {
        ConfigText text = Parse("initramfs a followkernel\nb=1\n#initramfs c\n[pi5]\ninitramfs d followkernel\n");
        Assert.True(text.Remove("initramfs"));
        Assert.Equal("b=1\n#initramfs c\n[pi5]\n[all]\n", Text(text));
        Assert.False(text.Remove("initramfs"));
        Assert.False(text.Contains("initramfs"));
    }

    [Fact]
    public void A_line_under_a_condition_is_not_taken_for_one_under_all()
    {
        ConfigText text = Parse("[pi4]\ndtoverlay=x\n[all]\n");
        text.AddLine("dtoverlay=x");
        Assert.Equal("[pi4]\ndtoverlay=x\n[all]\ndtoverlay=x\n", Text(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a=1\nb=2")]
    public void What_is_not_one_line_cannot_be_added(string line) => Assert.Throws<ArgumentException>(() => Parse("").AddLine(line));

    [Fact]
    public void A_line_longer_than_the_firmware_reads_cannot_be_added()
    {
        Parse("").Set("a", new string('x', 96));
        Assert.Throws<ArgumentException>(() => Parse("").Set("a", new string('x', 97)));
    }

    [Fact]
    public void Damaged_text_is_read_and_edited_without_an_error()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Bookworm);
        for (int seed = 0; seed < 2000; seed++)
        {
            ConfigText text = new(Mutations.Damage(bytes, seed));
            text.Set("kernel", "x");
            Assert.Equal("x", text.Value("kernel", BoardFilters.Pi4));
            Assert.EndsWith("\n", Text(text));
        }
    }

    private static ConfigText Parse(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string Text(ConfigText text) => Encoding.UTF8.GetString(text.ToBytes());
}
