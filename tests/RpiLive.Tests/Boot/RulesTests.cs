namespace RpiLive.Tests.Boot;

public sealed class RulesTests
{
    [Fact]
    public void Rules_come_out_parents_first_and_the_last_for_a_directory_counts()
    {
        using BootShell shell = Machine("overlay usb /var", "bind usb /home", "tmpfs 16 /home/pi/cache", "bind usb /var/lib/docker", "overlay usb /home", "bind usb /etc/ssh");
        Judge(shell);
        Assert.Equal(["/etc/ssh:bind:usb:::/etc/ssh", "/home:overlay:usb:::/home", "/home/pi/cache:tmpfs::16::/home/pi/cache", "/var:overlay:usb:::/var",
            "/var/lib/docker:bind:usb:::/var/lib/docker"], Rules(shell));
        Assert.False(File.Exists(shell["run/rpilive/warnings"]));
    }

    [Theory]
    [InlineData("overlay usb /var", "overlay usb /var/log", "overlay inside of /var, which is overlay")]
    [InlineData("bind usb /var", "overlay usb /var/log", "overlay inside of /var, which is bind")]
    [InlineData("bind usb /var", "bind usb /var/log", "bind inside of /var, which is bind")]
    [InlineData("tmpfs 16 /var", "tmpfs 16 /var/log", "tmpfs inside of /var, which is tmpfs")]
    [InlineData("bind usb /srv", "bind usb /link/to-srv", "it is the same directory as /link/to-srv")]
    [InlineData("bind usb /srv", "bind other /opt", "the settings know no store other")]
    [InlineData("bind usb /srv", "bind usb /var/run/x", "it stands for /run/x, which cannot be kept")]
    [InlineData("bind usb /srv", "bind usb /link/loop", "it stands for /link, which cannot be kept")]
    [InlineData("bind usb /srv", "bind usb /link/up", "it stands for /, which cannot be kept")]
    [InlineData("bind usb /srv", "bind usb /link/out", "it stands for /, which cannot be kept")]
    [InlineData("bind usb /srv", "bind usb /lib/modules", null)]
    [InlineData("bind usb /srv", "bind usb /etc/passwd", "it is no directory in the image")]
    [InlineData("bind usb /srv", "bind usb /link/comma", "which cannot be kept")]
    public void Rules_that_cannot_stand_are_refused_with_the_reason(string first, string second, string? reason)
    {
        using BootShell shell = Machine(first, second);
        Judge(shell);
        Assert.Single(Rules(shell));
        if (reason is null)
            return;
        Assert.StartsWith("Refused:", Assert.Single(File.ReadAllLines(shell["run/rpilive/keep"])), StringComparison.Ordinal);
        Assert.Contains(reason, File.ReadAllText(shell["run/rpilive/warnings"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Links_of_the_image_are_followed_inside_the_image()
    {
        using BootShell shell = Machine("overlay usb /link/to-srv/data", "bind usb /link/new/deep");
        Judge(shell);
        Assert.Equal(["/link/new/deep:bind:usb:::/link/new/deep", "/srv/data:overlay:usb:::/link/to-srv/data"], Rules(shell));
    }

    [Theory]
    [InlineData("/var/log", "var%2Flog")]
    [InlineData("/srv/50% off", "srv%2F50%25 off")]
    [InlineData("/home", "home")]
    public void A_directory_is_one_name_on_the_store(string directory, string expected)
    {
        using BootShell shell = new();
        Assert.Equal(expected, shell.Run($"escape_directory '{directory}'"));
    }

    private static BootShell Machine(params string[] rules)
    {
        BootShell shell = new();
        foreach (string path in (string[])["var/log", "var/lib", "home/pi", "srv", "etc", "link", "usr/lib"])
            Directory.CreateDirectory(shell["run/rpilive/lower/" + path]);
        shell.Write("run/rpilive/lower/etc/passwd", "");
        foreach ((string name, string target) in (ReadOnlySpan<(string, string)>)[("var/run", "/run"), ("lib", "usr/lib"), ("link/to-srv", "../srv"), ("link/loop", "loop"),
            ("link/up", "../../../.."), ("link/out", "/"), ("link/comma", "a,b")])
            File.CreateSymbolicLink(shell["run/rpilive/lower/" + name], target);
        shell.Write("conf", "store.usb=usb\nstore.usb.label=KEEP\n" + string.Concat(rules.Select(rule => $"keep={rule}\n")));
        return shell;
    }

    private static void Judge(BootShell shell) => shell.Run($"read_options '{shell["conf"]}'; judge_rules");

    private static string[] Rules(BootShell shell) => File.ReadAllLines(shell["run/rpilive/rules"]);
}
