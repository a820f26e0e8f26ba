using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Imaging.Persistence;

namespace RpiLive.Tests.Persistence;

public sealed class SettingsTests
{
    [Fact]
    public void All_that_can_be_said_is_read_back_as_it_was_written()
    {
        LiveSettings settings = new() { Persistence = Everything(), Others = [new("colour", "50%")] };
        string text = settings.Format();
        LiveSettings again = LiveSettings.Parse(text, "conf");
        AssertSame(settings.Persistence, again.Persistence);
        Assert.Equal(settings.Others, again.Others);
        Assert.Equal(text, again.Format());
        Assert.Contains("""
            persistence=off
            store.usb=usb
            store.usb.label=KEEP IT
            store.usb.size=2048
            store.usb.onmissing=wait
            store.usb.timeout=60
            store.usb.readonly=yes
            store.usb.flush=600
            store.other=usb
            store.other.uuid=ABCD-1234
            store.other.onmissing=pristine
            store.other.timeout=30
            store.partition=partition
            store.partition.grow=yes
            store.partition.onmissing=stop
            store.partition.timeout=30
            store.folder=folder
            store.folder.onmissing=pristine
            store.folder.timeout=30
            keep=bind usb /home/pi/My Documents
            keep=tmpfs - /srv/c
            keep=tmpfs 64 /tmp
            keep=overlay partition /var/log
            keep=tmpfs 10% /var/log/apt
            machineid=folder
            colour=50%

            """, text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_keeps_nothing_says_nothing_about_it()
    {
        string text = new LiveSettings().Format();
        Assert.DoesNotContain("keep", text, StringComparison.Ordinal);
        Assert.DoesNotContain("persistence", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Hand_made_lines_may_come_in_any_order_with_blanks_and_the_last_for_a_directory_wins()
    {
        PersistenceSettings read = LiveSettings.Parse("""
            keep=overlay usb /var/log
            keep =  bind 	usb   /srv/my  files
            store.usb.label = KEEP
            keep=tmpfs 016 /var/log
            store.usb=usb
            """.Replace("\n", "\r\n", StringComparison.Ordinal), "conf").Persistence;
        Assert.Equal([new("/srv/my  files", KeepMode.Bind, "usb"), new("/var/log", KeepMode.Tmpfs, null, new MemorySize(16, false))], read.Rules);
        Assert.Equal("KEEP", read.Stores.Single().Label);
    }

    [Theory]
    [InlineData("persistence=yes", "persistence cannot be 'yes'")]
    [InlineData("store.usb=disk", "store.usb cannot be 'disk'")]
    [InlineData("store.usb=usb", "needs store.usb.label or store.usb.uuid")]
    [InlineData("store.usb=usb\nstore.usb.label=A\nstore.usb.uuid=ABCD-1234", "not both")]
    [InlineData("store.usb.label=A", "store.usb itself is missing")]
    [InlineData("store.usb.label=seventeen letters", "store.usb.label cannot be")]
    [InlineData("store.usb.label=", "store.usb.label cannot be")]
    [InlineData("store.usb.uuid=ABCD1234", "store.usb.uuid cannot be")]
    [InlineData("store.usb.uuid=01234567-89ab-4cde-8f01-23456789abc", "store.usb.uuid cannot be")]
    [InlineData("store.usb.size=7", "store.usb.size cannot be")]
    [InlineData("store.usb.onmissing=ask", "store.usb.onmissing cannot be")]
    [InlineData("store.usb.timeout=0", "store.usb.timeout cannot be")]
    [InlineData("store.usb.flush=3601", "store.usb.flush cannot be")]
    [InlineData("store.usb.readonly=1", "store.usb.readonly cannot be")]
    [InlineData("store.p=partition\nstore.p.label=A", "no label or uuid")]
    [InlineData("store.p=partition\nstore.p.size=64", "says its size")]
    [InlineData("store.p=folder\nstore.p.grow=yes", "is for a partition")]
    [InlineData("store.p=partition\nstore.q=partition", "second store of the kind partition")]
    [InlineData("machineid=usb", "no store.usb for the machine id")]
    [InlineData("machineid=USB", "machineid cannot be")]
    [InlineData("keep=overlay usb /var/log", "no store.usb for /var/log")]
    [InlineData("keep=overlay /var/log", "keep cannot be")]
    [InlineData("keep=copy usb /var/log", "keep cannot be")]
    [InlineData("keep=tmpfs /var/log", "keep cannot be")]
    [InlineData("keep=tmpfs 0 /tmp", "size of a tmpfs")]
    [InlineData("keep=tmpfs 101% /tmp", "size of a tmpfs")]
    [InlineData("keep=bind USB /srv", "a store cannot be called")]
    [InlineData("keep=bind usb srv", "not absolute")]
    [InlineData("keep=bind usb /srv/", "a slash too many")]
    [InlineData("keep=bind usb /srv/../etc", "has . or ..")]
    [InlineData("keep=bind usb /srv,a", "has the character ,")]
    public void What_is_wrong_is_named_with_its_line(string text, string message)
    {
        ImageException error = Assert.Throws<ImageException>(() => LiveSettings.Parse("# first\n" + text, "conf"));
        Assert.Equal("CorruptSettings", error.ErrorId);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains($"line {text.Split('\n').Length + 1}", error.Message, StringComparison.Ordinal);
        Assert.Contains("live/rpilive.conf", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_at_most_64_rules_and_8_stores()
    {
        string stores = string.Concat(Enumerable.Range(1, 8).Select(n => $"store.s{n}=usb\nstore.s{n}.label=S{n}\n"));
        string rules = string.Concat(Enumerable.Range(1, 64).Select(n => $"keep=bind s1 /srv/{n}\n"));
        Assert.Equal(64, LiveSettings.Parse(stores + rules, "conf").Persistence.Rules.Count);
        Assert.Throws<ImageException>(() => LiveSettings.Parse(stores + rules + "keep=bind s1 /srv/65", "conf"));
        Assert.Throws<ImageException>(() => LiveSettings.Parse(stores + "store.s9=folder\n", "conf"));
    }

    [Fact]
    public void Keys_of_later_versions_are_kept()
    {
        LiveSettings settings = LiveSettings.Parse("store.usb=usb\nstore.usb.label=A\nstore.usb.colour=blue\nstore=x\nkeeper=y\nstore.usb.=z\n", "conf");
        Assert.Equal(["store.usb.colour", "store", "keeper", "store.usb."], settings.Others.Select(other => other.Key));
        Assert.Equal(settings.Others, LiveSettings.Parse(settings.Format(), "conf").Others);
    }

    [Fact]
    public void Comments_of_users_are_kept_and_our_own_are_not_doubled()
    {
        LiveSettings settings = LiveSettings.Parse("# the Pi in the barn\r\nroot=ram\n  # quiet=yes\nkeep=tmpfs 16 /var/tmp\n", "test");
        string text = settings.Format();
        Assert.Equal(["# the Pi in the barn", "# quiet=yes"], settings.Comments);
        Assert.Contains("\n# the Pi in the barn\n# quiet=yes\nroot=ram\n", text, StringComparison.Ordinal);
        Assert.Equal(text, LiveSettings.Parse(text, "test").Format());
    }

    [Fact]
    public void Random_lines_never_crash_the_parser_and_what_it_takes_it_writes_back()
    {
        Random random = new(11);
        string[] words = ["keep=", "store.", "usb", "=", "overlay ", "tmpfs ", "bind ", " /a", "/b", "%", "10", "-", "\n", ".label", ".size", "partition", "machineid=", ".grow=yes"];
        int good = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => words[random.Next(words.Length)]));
            try
            {
                LiveSettings settings = LiveSettings.Parse(text, "conf");
                AssertSame(settings.Persistence, LiveSettings.Parse(settings.Format(), "conf").Persistence);
                good += settings.Persistence.IsEmpty ? 0 : 1;
            }
            catch (ImageException)
            {
            }
        }
        Assert.NotEqual(0, good);
    }

    [Theory]
    [InlineData("/var/log", "var%2Flog")]
    [InlineData("/srv", "srv")]
    [InlineData("/srv/100%/a b", "srv%2F100%25%2Fa b")]
    public void Directories_have_one_name_on_a_store(string directory, string name) => Assert.Equal(name, KeepDirectory.Encode(directory));

    [Fact]
    public void A_name_on_a_store_must_fit_in_a_file_name_with_its_ending()
    {
        string most = "/" + new string('a', 247);
        Assert.Null(KeepDirectory.Fault(most, KeepMode.Bind));
        Assert.Contains("too long", KeepDirectory.Fault(most + "a", KeepMode.Overlay), StringComparison.Ordinal);
        Assert.Null(KeepDirectory.Fault(most + "a", KeepMode.Tmpfs));
        Assert.Contains("1,024", KeepDirectory.Fault("/" + new string('a', 1024), KeepMode.Tmpfs), StringComparison.Ordinal);
        Assert.NotNull(KeepDirectory.Fault("/" + string.Concat(Enumerable.Repeat("ü/", 70)) + "x", KeepMode.Bind));
    }

    private static PersistenceSettings Everything() => new PersistenceSettings
    {
        Enabled = false,
        Stores =
        [
            new Store
            {
                Name = "usb", Kind = StoreKind.Usb, Label = "KEEP IT", Size = 2048, OnMissing = OnMissing.Wait, TimeoutSeconds = 60, ReadOnly = true,
                FlushInterval = 600,
            },
            new Store { Name = "other", Kind = StoreKind.Usb, Uuid = "ABCD-1234" },
            new Store { Name = "partition", Kind = StoreKind.Partition, Grow = true, OnMissing = OnMissing.Stop },
            new Store { Name = "folder", Kind = StoreKind.Folder },
        ],
        MachineIdStore = "folder",
    }
        .With(new KeepRule("/var/log/apt", KeepMode.Tmpfs, null, new MemorySize(10, true)))
        .With(new KeepRule("/var/log", KeepMode.Overlay, "partition"))
        .With(new KeepRule("/tmp", KeepMode.Tmpfs, null, new MemorySize(64, false)))
        .With(new KeepRule("/srv/c", KeepMode.Tmpfs, null))
        .With(new KeepRule("/home/pi/My Documents", KeepMode.Bind, "usb"));

    private static void AssertSame(PersistenceSettings expected, PersistenceSettings actual)
    {
        Assert.Equal((expected.Enabled, expected.MachineIdStore), (actual.Enabled, actual.MachineIdStore));
        Assert.Equal(expected.Stores, actual.Stores);
        Assert.Equal(expected.Rules, actual.Rules);
    }
}
