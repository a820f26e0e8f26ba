using System.Text;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Tests.Boot;

public sealed class OptionsTests
{
    private const string Show = """
        printf '%s\n' "$opt_root $opt_verify $opt_onerror $opt_reserve $opt_timeout $opt_upper $opt_quiet $opt_clock $opt_shell/$opt_debug $opt_init"
        """;

    [Fact]
    public void Defaults_are_those_of_the_settings_record()
    {
        using BootShell shell = new();
        Assert.Equal("auto auto stop 160 30 50% no 0 /no /sbin/init\n", shell.Run(Show));
        LiveSettings settings = new();
        Assert.Equal((RootMode.Auto, VerifyMode.Auto, OnError.Stop, 160, 30, "50%", false, null),
            (settings.Root, settings.Verify, settings.OnError, settings.Reserve, settings.Timeout, settings.Upper.ToString(), settings.Quiet, settings.Clock));
    }

    [Fact]
    public void Settings_beat_defaults_and_the_command_line_beats_settings()
    {
        using BootShell shell = new();
        shell.Write("conf", "root=medium\nreserve=300\nupper=25%\nquiet=yes\n");
        shell.Write("proc/cmdline", "console=tty1 rpilive.root=ram rpilive.timeout=5 quiet rpilive.shell=root rpilive.debug init=/bin/other\n");
        Assert.Equal("ram auto stop 300 5 25% yes 0 root/yes /bin/other\n", shell.Run($"read_options '{shell["conf"]}'\n" + Show));
    }

    [Fact]
    public void What_the_engine_writes_is_what_init_reads()
    {
        using BootShell shell = new();
        LiveSettings settings = new()
        {
            Root = RootMode.Ram, Verify = VerifyMode.No, OnError = OnError.Reboot, Reserve = 512, Timeout = 60, Upper = new(700, false),
            Quiet = true, Clock = 1_750_000_000, Others = [new("colour", "50%")],
        };
        shell.Write("conf", settings.Format());
        Assert.Equal("ram no reboot 512 60 700 yes 1750000000 /no /sbin/init\n", shell.Run($"read_options '{shell["conf"]}'\n" + Show));
        Assert.False(File.Exists(shell["run/rpilive/warnings"]));
    }

    [Fact]
    public void Settings_saved_by_a_Windows_editor_are_read()
    {
        using BootShell shell = new();
        shell.Write("conf", [0xEF, 0xBB, 0xBF, .. "root=ram\r\n# comment\r\n\r\n  reserve = 200 \r\nverify=no"u8]);
        Assert.Equal("ram no stop 200 30 50% no 0 /no /sbin/init\n", shell.Run($"read_options '{shell["conf"]}'\n" + Show));
        Assert.Equal(200, LiveSettings.Parse(File.ReadAllText(shell["conf"]), "conf").Reserve);
    }

    [Theory]
    [InlineData("root", "raam")]
    [InlineData("root", "")]
    [InlineData("root", "ram;reboot")]
    [InlineData("root", "$(touch OWNED)")]
    [InlineData("root", "`touch OWNED`")]
    [InlineData("root", "'; touch OWNED; '")]
    [InlineData("verify", "true")]
    [InlineData("onerror", "*")]
    [InlineData("quiet", "1")]
    [InlineData("reserve", "-1")]
    [InlineData("reserve", "1e3")]
    [InlineData("reserve", "0x10")]
    [InlineData("reserve", "1048577")]
    [InlineData("reserve", "99999999999999999999999")]
    [InlineData("reserve", "a[$(touch OWNED)]")]
    [InlineData("timeout", "0")]
    [InlineData("timeout", "3601")]
    [InlineData("upper", "0%")]
    [InlineData("upper", "101%")]
    [InlineData("upper", "%")]
    [InlineData("upper", "50%%")]
    [InlineData("clock", "now")]
    [InlineData("clock", "253402300800")]
    [InlineData("reserve", "٣")]
    public void Values_that_are_not_allowed_change_nothing_and_are_named(string key, string value)
    {
        using BootShell shell = new();
        shell.Write("conf", $"{key}={value}\n");
        string output = shell.Run($"cd '{shell["run"]}'\nread_options '{shell["conf"]}'\n" + Show);
        Assert.Equal("auto auto stop 160 30 50% no 0 /no /sbin/init\n", output);
        Assert.Equal($"live/rpilive.conf: {key} cannot be '{value}'\n", File.ReadAllText(shell["run/rpilive/warnings"]));
        Assert.False(File.Exists(shell["run/OWNED"]));
        Assert.Equal("CorruptSettings", Assert.Throws<ImageException>(() => LiveSettings.Parse($"{key}={value}", "conf")).ErrorId);
    }

    [Theory]
    [InlineData("reserve", "0")]
    [InlineData("reserve", "0000000010")]
    [InlineData("reserve", "1048576")]
    [InlineData("timeout", "3600")]
    [InlineData("upper", "100%")]
    [InlineData("upper", "007%")]
    [InlineData("upper", "1048576")]
    [InlineData("clock", "253402300799")]
    public void The_engine_and_init_read_a_number_as_the_same(string key, string value)
    {
        using BootShell shell = new();
        shell.Write("conf", $"{key}={value}\n");
        string read = shell.Run($"read_options '{shell["conf"]}'\nprintf %s \"$opt_{key}\"");
        LiveSettings settings = LiveSettings.Parse($"{key}={value}", "conf");
        Assert.Contains($"\n{key}={read}\n", settings.Format(), StringComparison.Ordinal);
        Assert.False(File.Exists(shell["run/rpilive/warnings"]));
    }

    [Fact]
    public void Unknown_words_of_ours_are_named_and_those_of_others_passed_over()
    {
        using BootShell shell = new();
        shell.Write("proc/cmdline", "rpilive.rot=ram rpilive.reserve=x rpilive.shell=now rpilive root=/dev/sda * /*");
        shell.Run("read_options; read_options");
        Assert.Equal(3, File.ReadAllLines(shell["run/rpilive/warnings"]).Length);
    }

    [Fact]
    public void A_binary_file_in_place_of_the_settings_does_no_harm()
    {
        using BootShell shell = new();
        byte[] noise = new byte[200_000];
        new Random(1).NextBytes(noise);
        shell.Write("conf", noise);
        Assert.Equal("auto auto stop 160 30 50% no 0 /no /sbin/init\n", shell.Run($"read_options '{shell["conf"]}' 2>/dev/null\n" + Show));
        Assert.Contains("too many faults", shell.Console, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_keep_keys_of_later_versions()
    {
        LiveSettings settings = LiveSettings.Parse("colour=red\nroot=ram\nstore=label:KEEP\ncolour=blue\n", "conf");
        Assert.Equal([new("store", "label:KEEP"), new("colour", "blue")], settings.Others);
        LiveSettings again = LiveSettings.Parse(settings.Format(), "conf");
        Assert.Equal(settings with { Others = [], Comments = [] }, again with { Others = [], Comments = [] });
        Assert.Equal(settings.Others, again.Others);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("=ram")]
    [InlineData("Root=ram")]
    [InlineData("a b=c")]
    public void Lines_of_another_form_are_refused_with_their_number(string line)
    {
        ImageException error = Assert.Throws<ImageException>(() => LiveSettings.Parse("# first\n" + line, "conf"));
        Assert.Equal("CorruptSettings", error.ErrorId);
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_settings_never_crash_the_parser()
    {
        Random random = new(7);
        for (int i = 0; i < 2000; i++)
        {
            byte[] text = new byte[random.Next(60)];
            for (int j = 0; j < text.Length; j++)
                text[j] = "rotupe=amdi%#\n\r 0159"u8[random.Next(20)];
            try
            {
                LiveSettings.Parse(Encoding.UTF8.GetString(text), "conf");
            }
            catch (ImageException)
            {
            }
        }
    }
}
