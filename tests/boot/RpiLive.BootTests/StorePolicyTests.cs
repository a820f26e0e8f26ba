using System.Text.Json;
using System.Text.RegularExpressions;
using RpiLive.BootTests.Harness;
using RpiLive.Tests.Support;

namespace RpiLive.BootTests;

/// <summary>Stores that are not as they should be. A shell in place of the system: seconds a boot.</summary>
[Collection(Alone.Name)]
public sealed partial class StorePolicyTests
{
    private const string Shell = "init=/bin/bash rpilive.root=medium";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_store_does_what_its_policy_says_and_the_status_says_so()
    {
        using LiveCard card = await LiveCard.MakeAsync(LiveImage.PathOrSkip(), """
            store.bad=usb
            store.bad.label=BAD
            store.locked=usb
            store.locked.label=LOCKED
            store.twin=usb
            store.twin.label=TWIN
            store.twin.timeout=3
            store.gone=usb
            store.gone.label=GONE
            store.gone.timeout=3
            store.small=usb
            store.small.label=SMALL
            store.old=usb
            store.old.label=OLD
            store.late=usb
            store.late.label=LATE
            store.late.onmissing=wait
            keep=bind bad /var/mail
            keep=overlay locked /srv
            keep=overlay twin /home
            keep=bind gone /opt
            keep=bind small /usr/share/perl
            keep=bind small /var/backups
            keep=overlay old /etc/default
            keep=bind late /var/lib/misc
            keep=overlay late /var/log
            keep=bind nobody /var/cache

            """, Cancel);
        string bad = await card.StickAsync("BAD", 16, null, Cancel);
        await using (FileStream file = File.OpenWrite(bad))
        {
            file.Position = 1082;
            file.Write([2, 0]);
            file.Position = 4096 * 20;
            file.Write(Enumerable.Repeat((byte)0xA5, 4096 * 400).ToArray());
        }
        string badBefore = await LiveImage.Sha256Async(bad, Cancel);
        string locked = await card.StickAsync("LOCKED", 16, Tree(card, "locked", ("rpilive/format", "1\n"), ("rpilive/overlay/srv/upper/kept", "kept\n")), Cancel);
        string old = await card.StickAsync("OLD", 16, Tree(card, "old", ("rpilive/format", "1\n"), ("rpilive/overlay/etc%2Fdefault/upper/cron", "changed long ago\n"),
            ("persistence.conf", "# of live-boot\n/var/spool union\n/var/tmp source=temporary\n/mnt link\n/proc\n/ union\n")), Cancel);
        string late = await card.StickAsync("LATE", 16, null, Cancel);
        UsbStick[] sticks =
        [
            new(bad), new(locked) { IsWriteProtected = true }, new(await card.StickAsync("TWIN", 8, null, Cancel)), new(await card.StickAsync("TWIN", 8, null, Cancel)),
            new(await card.StickAsync("SMALL", 8, null, Cancel)), new(old), new(late) { IsPluggedIn = false },
        ];
        await using Guest guest = await Guest.StartAsync(new GuestOptions(card.Image, Machine.Virt) { Name = "stores", UsbSticks = sticks, ExtraWords = Shell }, Cancel);
        await guest.ExpectAsync(WaitingForLate(), s_limit, Cancel);
        await Task.Delay(TimeSpan.FromSeconds(10), Cancel);
        await guest.PlugInAsync(6, Cancel);
        await guest.ShellAsync(Cancel);

        using JsonDocument status = JsonDocument.Parse(await guest.OutputOfAsync("cat /run/rpilive/status.json", Cancel));
        Assert.Equal(["bad Unusable", "gone Missing", "late Mounted", "locked ReadOnly", "old Mounted", "small Mounted", "twin Ambiguous"], status.RootElement.GetProperty("stores")
            .EnumerateArray().Select(store => $"{store.GetProperty("name").GetString()} {store.GetProperty("state").GetString()}"));
        Assert.Equal("Unrepaired", KeepBoots.Find(status, "stores", "name", "bad").GetProperty("fsck").GetString());
        Assert.True(KeepBoots.Find(status, "stores", "name", "late").GetProperty("waitedSeconds").GetInt32() >= 10);
        Assert.Equal(
            ["/etc/default Kept", "/home Pristine", "/mnt", "/opt Pristine", "/srv ReadOnly", "/usr/share/perl Pristine", "/var/backups Kept", "/var/cache Refused", "/var/lib/misc Kept",
                "/var/log Kept", "/var/mail Pristine", "/var/spool Kept", "/var/tmp Kept"],
            status.RootElement.GetProperty("keep").EnumerateArray().Select(rule => $"{rule.GetProperty("directory").GetString()} {rule.GetProperty("state").GetString()}")
                .Append("/mnt").Order(StringComparer.Ordinal));
        Schemas.Check("rpilive-boot", status.RootElement);
        CommandResult told = await guest.RunAsync("rpilive status --json", Cancel);
        Assert.Equal(1, told.Status);
        using JsonDocument now = JsonDocument.Parse(told.Output);
        Schemas.Check("rpilive-status", now.RootElement);
        Assert.Equal("Degraded", now.RootElement.GetProperty("state").GetString());
        string warnings = string.Join('\n', status.RootElement.GetProperty("warnings").EnumerateArray());
        foreach (string part in (string[])["store bad: ", "store locked: ", "store twin: ", "store gone: ", "/usr/share/perl is NOT KEPT", "/var/cache is not kept: the settings know no store nobody",
            "'/mnt link' is passed over: links", "'/proc' is passed over", "'/ union' is passed over"])
            Assert.Contains(part, warnings, StringComparison.Ordinal);
        Assert.Contains("store bad: ", await guest.OutputOfAsync("cat /run/motd.d/10-rpilive", Cancel), StringComparison.Ordinal);

        // A store that cannot be written shows what it keeps; an overlay of an older image shows what is new in this one.
        Assert.Equal("kept\nram\n", await guest.OutputOfAsync("echo ram >/srv/new; cat /srv/kept /srv/new", Cancel));
        Assert.Equal("changed long ago\n", await guest.OutputOfAsync("cat /etc/default/cron; test -s /etc/default/useradd", Cancel));

        // A full store is a full store, and one that is pulled out takes nothing with it.
        Assert.Equal("full\n", await guest.OutputOfAsync("dd if=/dev/zero of=/var/lib/misc/large bs=64k 2>/dev/null || echo full; rm /var/lib/misc/large; echo x >/var/log/x; sync", Cancel));
        await guest.PullOutAsync(6, Cancel);
        Assert.Equal("pulled\nalive\n", await guest.OutputOfAsync(
            "sleep 5; (echo y >/var/log/y && sync -f /var/log/y) 2>/dev/null || echo pulled; echo z >/var/spool/z && ls /usr/share/perl/5*/strict.pm >/dev/null && echo alive; sync -f /var/spool/z", Cancel));
        told = await guest.RunAsync("rpilive status --json", Cancel);
        Assert.Equal(2, told.Status);
        Assert.Contains("store late: ", told.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await guest.RunAsync("rpilive flush", Cancel)).Status);
        guest.PowerCut();
        Assert.Empty(await guest.WrittenAsync(Cancel));
        Assert.Equal(badBefore, await LiveImage.Sha256Async(bad, Cancel));
        Assert.Contains("Inode: ", await HostTools.RunAsync("debugfs", ["-R", "stat /rpilive/bind/var%2Flib%2Fmisc", late], Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_store_stops_the_boot_where_that_is_asked_for()
    {
        using LiveCard card = await LiveCard.MakeAsync(
            LiveImage.PathOrSkip(), "store.usb=usb\nstore.usb.label=KEEP\nstore.usb.onmissing=stop\nstore.usb.timeout=2\nkeep=bind usb /home\n", Cancel);
        await using Guest guest = await Guest.StartAsync(new GuestOptions(card.Image, Machine.Virt) { Name = "store-stop", ExtraWords = Shell }, Cancel);
        await guest.ExpectAsync(Stopped(), s_limit, Cancel);
        await Task.Delay(TimeSpan.FromSeconds(10), Cancel);
        Assert.DoesNotContain("root@", guest.ConsoleText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_on_the_boot_volume_leaves_every_store_alone()
    {
        using LiveCard card = await LiveCard.MakeAsync(LiveImage.PathOrSkip(), "store.usb=usb\nstore.usb.label=KEEP\nstore.usb.onmissing=stop\nkeep=bind usb /home\n", Cancel);
        await card.PutAsync("live/nokeep.txt", "", Cancel);
        string stick = await card.StickAsync("KEEP", 16, null, Cancel), before = await LiveImage.Sha256Async(stick, Cancel);
        await using Guest guest = await Guest.StartAsync(
            new GuestOptions(card.Image, Machine.Virt) { Name = "store-off", UsbSticks = [new(stick)], ExtraWords = Shell }, Cancel);
        await guest.ShellAsync(Cancel);
        using JsonDocument status = JsonDocument.Parse(await guest.OutputOfAsync("cat /run/rpilive/status.json", Cancel));
        Assert.False(status.RootElement.GetProperty("persistence").GetProperty("enabled").GetBoolean());
        Assert.Equal("Off", KeepBoots.Find(status, "stores", "name", "usb").GetProperty("state").GetString());
        Assert.Equal("Pristine", KeepBoots.Find(status, "keep", "directory", "/home").GetProperty("state").GetString());
        Assert.Contains("live/nokeep", status.RootElement.GetProperty("persistence").GetProperty("reason").GetString(), StringComparison.Ordinal);
        guest.PowerCut();
        Assert.Equal(before, await LiveImage.Sha256Async(stick, Cancel));
        Assert.Empty(await guest.WrittenAsync(Cancel));
    }

    [Fact]
    public async Task An_exFAT_stick_keeps_directories_in_a_container()
    {
        using LiveCard card = await LiveCard.MakeAsync(
            LiveImage.PathOrSkip(), "store.usb=usb\nstore.usb.label=MY STICK\nstore.usb.size=16\nstore.usb.onmissing=stop\nkeep=bind usb /opt\nkeep=overlay usb /srv\n", Cancel);
        Assert.SkipUnless(HostTools.Find("mkfs.exfat") is not null, "not installed: mkfs.exfat");
        string stick = card["exfat"];
        await HostTools.RunAsync("truncate", ["-s", "64M", stick], Cancel);
        await HostTools.RunAsync("mkfs.exfat", ["-L", "MY STICK", stick], Cancel);
        await using Guest guest = await Guest.StartAsync(
            new GuestOptions(card.Image, Machine.Virt) { Name = "store-exfat", UsbSticks = [new(stick)], ExtraWords = Shell }, Cancel);
        await guest.ShellAsync(Cancel);
        await guest.OutputOfAsync("echo kept >/opt/new && echo kept >/srv/new && sync", Cancel);
        guest.PowerCut();
        await guest.PowerOnAsync(Cancel, Shell);
        await guest.ShellAsync(Cancel);
        Assert.Equal("kept\nkept\n", await guest.OutputOfAsync("cat /opt/new /srv/new", Cancel));
        using JsonDocument status = JsonDocument.Parse(await guest.OutputOfAsync("cat /run/rpilive/status.json", Cancel));
        JsonElement store = KeepBoots.Find(status, "stores", "name", "usb");
        Assert.Equal("Mounted", store.GetProperty("state").GetString());
        Assert.True(store.GetProperty("container").GetBoolean());
        guest.PowerCut();
        Assert.Empty(await guest.WrittenAsync(Cancel));
    }

    /// <summary>A directory with these files.</summary>
    private static string Tree(LiveCard card, string name, params (string Path, string Text)[] files)
    {
        foreach ((string path, string text) in files)
        {
            string file = Path.Combine(card[name], path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
        return card[name];
    }

    [GeneratedRegex("^rpilive: waiting for store late: ", RegexOptions.Multiline)]
    private static partial Regex WaitingForLate();

    [GeneratedRegex("^rpilive: STOP: store usb: .* did not appear in", RegexOptions.Multiline)]
    private static partial Regex Stopped();
}
