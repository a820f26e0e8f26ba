using System.Text;
using RpiLive.Core.Imaging.BootFiles;

namespace RpiLive.Tests.BootFiles;

public sealed class ConfigTextTests
{
    /// <summary>The active lines of Raspberry Pi OS Bookworm, with its comments and an odd byte.</summary>
    private const string Bookworm = "# For more options see http://rptl.io/configtxt\ndtparam=audio=on\nauto_initramfs=1\n  arm_64bit=1\n# caf\u00e9\n\n[cm4]\notg_mode=1\n[cm5]\ndtoverlay=dwc2,dr_mode=host\n\n[all]\n";

    [Fact]
    public void Settings_come_with_their_section()
    {
        ConfigLine[] lines = [.. Parse(Bookworm).Settings()];
        Assert.Equal(
            [
                new("", "dtparam", "audio=on"), new("", "auto_initramfs", "1"), new("", "arm_64bit", "1"),
                new("cm4", "otg_mode", "1"), new("cm5", "dtoverlay", "dwc2,dr_mode=host"),
            ],
            lines);
    }

    [Theory]
    [InlineData("[pi4]\n[gpio4=1]\nx=1", "pi4 gpio4=1")]
    [InlineData("[pi4]\n[pi3]\nx=1", "pi3")]
    [InlineData("[EDID=VSC-TD2220]\n[none]\nx=1", "none EDID=VSC-TD2220")]
    [InlineData("[pi4]\n[gpio4=1]\n[all]\nx=1", "")]
    public void Filters_of_two_kinds_count_together_and_all_lifts_them(string text, string filter) =>
        Assert.Equal(filter, Assert.Single(Parse(text).Settings()).Filter);

    [Fact]
    public void A_line_without_equals_has_its_first_word_as_key() =>
        Assert.Equal(new ConfigLine("", "initramfs", "initrd.img followkernel"), Assert.Single(Parse("initramfs initrd.img followkernel\r\n").Settings()));

    [Fact]
    public void Nothing_changes_without_an_edit()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        Assert.Equal(bytes, ConfigText.Parse(bytes).ToBytes());
    }

    [Fact]
    public void Appending_lifts_the_last_section_and_keeps_every_other_byte()
    {
        ConfigText text = Parse("a=1\r\n[pi4]\r\nb=2");
        text.Append("initramfs x followkernel");
        Assert.Equal("a=1\r\n[pi4]\r\nb=2\r\n[all]\r\ninitramfs x followkernel\r\n", Text(text));
    }

    [Fact]
    public void Appending_adds_no_section_where_none_is_in_force()
    {
        ConfigText text = Parse(Bookworm);
        text.Append("x=1");
        Assert.Equal(Bookworm + "x=1\n", Text(text));
    }

    [Fact]
    public void Removing_takes_whole_words_only()
    {
        ConfigText text = Parse("initramfs a\n#initramfs b\ninitramfsx=1\n initramfs=c\n[pi3]\ninitramfs d followkernel\n");
        Assert.Equal(3, text.Remove(["initramfs"]));
        Assert.Equal("#initramfs b\ninitramfsx=1\n[pi3]\n", Text(text));
    }

    private static ConfigText Parse(string text) => ConfigText.Parse(Encoding.Latin1.GetBytes(text));

    private static string Text(ConfigText text) => Encoding.Latin1.GetString(text.ToBytes());
}
