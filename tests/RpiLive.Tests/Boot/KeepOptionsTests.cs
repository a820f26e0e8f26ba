namespace RpiLive.Tests.Boot;

public sealed class KeepOptionsTests
{
    [Fact]
    public void Stores_and_rules_are_read_from_the_settings()
    {
        using BootShell shell = new();
        shell.Write("conf", "store.usb=usb\nstore.usb.label=MY KEEP\nstore.usb.timeout=007\nstore.card=partition\nstore.card.grow=yes\n"
            + "keep=overlay usb /var/log\nkeep = bind  card   /srv/my data \nkeep=tmpfs 10% /tmp\nkeep=tmpfs - /var/cache\nmachineid=card\npersistence=on\n");
        Assert.Equal(" card usb|MY KEEP|7|yes|pristine|card|on\n", shell.Run($"""
            read_options '{shell["conf"]}'
            list_stores
            store_get usb label; label=$store_value
            store_get usb timeout 30; timeout=$store_value
            store_get card grow no; grow=$store_value
            store_get usb onmissing pristine
            echo "$store_list|$label|$timeout|$grow|$store_value|$opt_machineid|$opt_persistence"
            """));
        Assert.Equal("/var/log:overlay:usb::\n/srv/my data:bind:card::\n/tmp:tmpfs::10%:\n/var/cache:tmpfs::-:\n", File.ReadAllText(shell["run/rpilive/conf/rules"]));
        Assert.False(File.Exists(shell["run/rpilive/warnings"]));
    }

    [Theory]
    [InlineData("store.Usb=usb")]
    [InlineData("store.1a=usb")]
    [InlineData("store.=usb")]
    [InlineData("store.abcdefghijklmnop=usb")]
    [InlineData("store.../../x=usb")]
    [InlineData("store.a/b.label=x")]
    [InlineData("store.a=disk")]
    [InlineData("store.a.label=")]
    [InlineData("store.a.label=bell\u0007")]
    [InlineData("store.a.uuid=../x")]
    [InlineData("store.a.size=7")]
    [InlineData("store.a.timeout=0")]
    [InlineData("store.a.flush=3601")]
    [InlineData("store.a.grow=true")]
    [InlineData("store.a.readonly=1")]
    [InlineData("store.a.onmissing=retry")]
    [InlineData("keep=overlay usb")]
    [InlineData("keep=overlay usb var/log")]
    [InlineData("keep=overlay usb /")]
    [InlineData("keep=overlay usb /var/")]
    [InlineData("keep=overlay usb /var//log")]
    [InlineData("keep=overlay usb /var/../etc")]
    [InlineData("keep=overlay usb /var/.")]
    [InlineData("keep=overlay usb /a:b")]
    [InlineData("keep=overlay usb /a,b")]
    [InlineData("keep=overlay usb /a\\b")]
    [InlineData("keep=overlay usb /a\"b")]
    [InlineData("keep=bind usb /proc")]
    [InlineData("keep=bind usb /run/x")]
    [InlineData("keep=bind usb /boot/firmware")]
    [InlineData("keep=bind usb /lib/modules/6.1")]
    [InlineData("keep=bind usb /usr/lib/modules")]
    [InlineData("keep=bind usb /usr/lib/rpilive")]
    [InlineData("keep=bind usb /tmp")]
    [InlineData("keep=tmpfs 101% /tmp")]
    [InlineData("keep=tmpfs 0 /tmp")]
    [InlineData("keep=tmpfs 16 /dev/shm")]
    [InlineData("keep=union usb /home")]
    [InlineData("keep=bind Usb /home")]
    [InlineData("keep=bind $(touch OWNED) /home")]
    [InlineData("machineid=../x")]
    [InlineData("persistence=no")]
    public void A_wrong_line_is_named_and_the_others_hold(string line)
    {
        using BootShell shell = new();
        shell.Write("conf", $"keep=bind usb /srv\n{line}\nkeep=bind usb /opt\n");
        shell.Run($"cd '{shell["run"]}'\nread_options '{shell["conf"]}'");
        Assert.Contains("live/rpilive.conf: " + line[..line.IndexOf('=', StringComparison.Ordinal)] + " cannot be", File.ReadAllText(shell["run/rpilive/warnings"]), StringComparison.Ordinal);
        Assert.Equal("/srv:bind:usb::\n/opt:bind:usb::\n", File.ReadAllText(shell["run/rpilive/conf/rules"]));
        Assert.False(File.Exists(shell["run/OWNED"]));
    }

    [Fact]
    public void There_is_one_store_on_the_partition_and_eight_in_all()
    {
        using BootShell shell = new();
        shell.Write("conf", "store.a=partition\nstore.b=partition\nstore.a=partition\nstore.c=folder\nstore.d=folder\n"
            + string.Concat(Enumerable.Range(0, 9).Select(i => $"store.u{i}=usb\n")));
        Assert.Equal(" a c u0 u1 u2 u3 u4 u5\n", shell.Run($"read_options '{shell["conf"]}'; list_stores; echo \"$store_list\""));
        Assert.Equal(5, File.ReadAllLines(shell["run/rpilive/warnings"]).Length);
    }

    [Fact]
    public void There_are_64_rules_at_most()
    {
        using BootShell shell = new();
        shell.Write("conf", string.Concat(Enumerable.Range(0, 66).Select(i => $"keep=bind usb /srv/{i}\n")));
        shell.Run($"read_options '{shell["conf"]}'");
        Assert.Equal(64, File.ReadAllLines(shell["run/rpilive/conf/rules"]).Length);
        Assert.Equal(2, File.ReadAllLines(shell["run/rpilive/warnings"]).Length);
    }

    [Theory]
    [InlineData("", null, "on|")]
    [InlineData("", "nokeep", "off|switched off by the file live/nokeep on the boot volume")]
    [InlineData("", "nokeep.txt", "off|switched off by the file live/nokeep on the boot volume")]
    [InlineData("rpilive.persistence=off", null, "off|switched off by persistence=off")]
    public void A_word_or_a_file_switches_persistence_off(string words, string? file, string expected)
    {
        using BootShell shell = new();
        shell.Write("proc/cmdline", words);
        if (file is not null)
            shell.Write("medium/live/" + file, "");
        Assert.Equal(expected, shell.Run($"read_options; look_at_medium '{shell["medium"]}'; printf '%s|%s' \"$opt_persistence\" \"$persistence_reason\""));
    }
}
