using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Imaging.Persistence;
using RpiLive.Core.SquashFs;

namespace RpiLive.Tests.Persistence;

public sealed class PlannerTests : IDisposable
{
    private const long MiB = 1 << 20;

    private readonly SquashFsVolume _root = Roots.Open(Roots.Trixie());
    private PersistenceSettings _settings = new();
    private long? _partition, _container;

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Calls_add_up_and_the_same_directory_replaces_its_rule()
    {
        Keep(new() { Directories = ["/var/log", "/home/"], Store = new() { Kind = StoreKind.Usb, Label = "KEEP" } });
        Keep(new() { Directories = ["/srv"], Mode = KeepMode.Bind });
        Keep(new() { Directories = ["/var/log"], Mode = KeepMode.Bind });
        Keep(new() { Directories = ["/var/cache"], Mode = KeepMode.Tmpfs, TmpfsSize = new MemorySize(10, true) });
        Assert.Equal(["overlay usb /home", "bind usb /srv", "tmpfs 10% /var/cache", "bind usb /var/log"], _settings.Rules.Select(rule => rule.ToString()));
        Assert.Equal("KEEP", Assert.Single(_settings.Stores).Label);
    }

    [Fact]
    public void What_is_so_already_takes_no_step()
    {
        KeepRequest request = new() { Directories = ["/var/log"], Presets = [KeepPreset.Identity], Store = new() { Kind = StoreKind.Partition, Length = 64 * MiB, Grow = true } };
        EditPlan plan = Keep(request);
        Assert.Equal(
            [
                "keep data on the store partition (a partition of the card)", "keep /var/log (Overlay) on partition", "keep /etc/ssh (Overlay) on partition",
                "keep /var/lib/systemd (Overlay) on partition", "keep the machine id on partition", "make the partition with 64 MiB",
            ],
            plan.Steps);
        Assert.Equal(new CardChange(StoreKind.Partition, 64 * MiB), Assert.Single(plan.Changes));
        _partition = 64 * MiB;
        plan = Keep(request);
        Assert.Empty(plan.Steps);
        Assert.Empty(plan.Changes);
        Assert.Equal(plan.Settings.Persistence, _settings);
    }

    [Fact]
    public void A_store_is_changed_by_what_is_given_and_nothing_else()
    {
        Keep(new() { Store = new() { Kind = StoreKind.Usb, Label = "KEEP", OnMissing = OnMissing.Wait, FlushInterval = 60, Length = 2048 * MiB, ReadOnly = true } });
        Keep(new() { Store = new() { TimeoutSeconds = 90 } });
        Keep(new() { Store = new() { FlushInterval = 0, ReadOnly = false } });
        Assert.Equal(
            new Store { Name = "usb", Kind = StoreKind.Usb, Label = "KEEP", OnMissing = OnMissing.Wait, Size = 2048, TimeoutSeconds = 90 }, Assert.Single(_settings.Stores));
        Keep(new() { Store = new() { Name = "usb", Uuid = "1A2B-3C4D" } });
        Assert.Equal((null, "1A2B-3C4D"), (_settings.Stores[0].Label, _settings.Stores[0].Uuid));
        Keep(new() { Directories = ["/srv"], Store = new() { Uuid = "1a2b-3c4d" } });
        Assert.Single(_settings.Stores);
    }

    [Fact]
    public void Another_volume_is_another_store_and_then_the_name_has_to_be_said()
    {
        Keep(new() { Directories = ["/srv"], Store = new() { Label = "A" } });
        Keep(new() { Directories = ["/home"], Store = new() { Label = "B" } });
        Keep(new() { Directories = ["/root"], Store = new() { Kind = StoreKind.Folder, Length = 8 * MiB, Name = "card" } });
        Assert.Equal(["overlay usb2 /home", "overlay card /root", "overlay usb /srv"], _settings.Rules.Select(rule => rule.ToString()));
        _container = 8 * MiB;
        Assert.Equal(ErrorIds.StoreAmbiguous, Refused(new() { Directories = ["/var/log"] }).ErrorId);
        Assert.Equal(ErrorIds.StoreAmbiguous, Refused(new() { Directories = ["/var/log"], Store = new() { Kind = StoreKind.Usb } }).ErrorId);
        Keep(new() { Directories = ["/var/log"], Store = new() { Name = "usb2" } });
        Keep(new() { Directories = ["/var/mail"], Store = new() { Kind = StoreKind.Folder } });
        Assert.Equal(["card", "usb2"], _settings.Rules.Where(rule => rule.Directory.StartsWith("/var", StringComparison.Ordinal)).Select(rule => rule.Store).Order());
    }

    [Theory]
    [InlineData(ErrorIds.StoreMissing, null, null, null, null, null)]
    [InlineData(ErrorIds.StoreMissing, "other", null, null, null, null)]
    [InlineData(ErrorIds.StoreInvalid, null, StoreKind.Usb, null, null, null)]
    [InlineData(ErrorIds.StoreInvalid, null, StoreKind.Usb, "A", "1A2B-3C4D", null)]
    [InlineData(ErrorIds.StoreInvalid, null, StoreKind.Usb, "this label has too many bytes", null, null)]
    [InlineData(ErrorIds.StoreInvalid, null, StoreKind.Usb, " A", null, null)]
    [InlineData(ErrorIds.StoreInvalid, null, StoreKind.Usb, null, "1A2B", null)]
    [InlineData(ErrorIds.StoreInvalid, null, StoreKind.Partition, "A", null, 64L)]
    [InlineData(ErrorIds.StoreInvalid, "Usb", StoreKind.Usb, "A", null, null)]
    [InlineData(ErrorIds.StoreSizeInvalid, null, StoreKind.Partition, null, null, null)]
    [InlineData(ErrorIds.StoreSizeInvalid, null, StoreKind.Partition, null, null, 7L)]
    [InlineData(ErrorIds.StoreSizeInvalid, null, StoreKind.Folder, null, null, 4096L)]
    [InlineData(ErrorIds.StoreSizeInvalid, null, StoreKind.Usb, "A", null, 7L)]
    public void A_store_that_cannot_be_is_refused(string errorId, string? name, StoreKind? kind, string? label, string? uuid, long? mebibytes)
    {
        ImageException error = Refused(new()
        {
            Directories = ["/srv"],
            Store = new() { Name = name, Kind = kind, Label = label, Uuid = uuid, Length = mebibytes * MiB },
        });
        Assert.Equal(errorId, error.ErrorId);
        Assert.NotEmpty(error.RecommendedAction);
    }

    [Fact]
    public void There_is_one_partition_and_one_folder_and_eight_stores()
    {
        Keep(new() { Directories = ["/srv"], Store = new() { Kind = StoreKind.Partition, Length = 64 * MiB } });
        _partition = 64 * MiB;
        Assert.Equal(ErrorIds.StoreInvalid, Refused(new() { Directories = ["/srv"], Store = new() { Kind = StoreKind.Partition, Name = "p2", Length = 64 * MiB } }).ErrorId);
        Assert.Equal(ErrorIds.StoreInvalid, Refused(new() { Directories = ["/srv"], Store = new() { Kind = StoreKind.Folder, Name = "partition" } }).ErrorId);
        Assert.Equal(ErrorIds.StoreInvalid, Refused(new() { Store = new() { Name = "partition", Label = "A", Kind = StoreKind.Partition } }).ErrorId);
        for (int i = 0; i < 7; i++)
            Keep(new() { Store = new() { Label = "L" + i } });
        Assert.Equal(ErrorIds.TooManyStores, Refused(new() { Store = new() { Label = "L7" } }).ErrorId);
        Assert.Equal(ErrorIds.StoreInvalid, Refused(new() { Store = new() { Name = "usb", Grow = true } }).ErrorId);
    }

    [Fact]
    public void Another_size_makes_a_store_on_the_card_anew_in_whole_MiB()
    {
        _partition = 64 * MiB;
        EditPlan plan = Keep(new() { Directories = ["/srv"], Store = new() { Kind = StoreKind.Partition } });
        Assert.Empty(plan.Changes);
        plan = Keep(new() { Store = new() { Length = (128 * MiB) + 5 } });
        Assert.Equal([new CardChange(StoreKind.Partition, 128 * MiB)], plan.Changes);
        Assert.Equal(["make the partition anew with 128 MiB in place of 64"], plan.Steps);
    }

    [Fact]
    public void Presets_leave_out_what_a_wider_rule_keeps()
    {
        Keep(new() { Directories = ["/var/lib"], Store = new() { Label = "A" } });
        Keep(new() { Presets = [KeepPreset.Identity] });
        Assert.Equal(["/etc/ssh", "/var/lib"], _settings.Rules.Select(rule => rule.Directory));
        Assert.Equal("usb", _settings.MachineIdStore);
        Assert.Equal(ErrorIds.KeepRulesNested, Refused(new() { Directories = ["/var/lib/systemd"] }).ErrorId);
        Assert.Equal(ErrorIds.PresetEmpty, Refused(new() { Presets = [KeepPreset.Containers] }).ErrorId);
    }

    [Fact]
    public void Lines_of_persistence_conf_become_rules_and_a_source_a_warning()
    {
        EditPlan plan = Keep(new()
        {
            Imported = PersistenceConf.Parse("/home union,source=h\n/srv\n", "persistence.conf"),
            Store = new() { Label = "persistence" },
        });
        Assert.Equal(["overlay usb /home", "bind usb /srv"], _settings.Rules.Select(rule => rule.ToString()));
        Assert.Contains("source=h", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Equal(ErrorIds.KeepDirectoryForbidden, Refused(new() { Imported = PersistenceConf.Parse("/ union", "persistence.conf") }).ErrorId);
    }

    [Fact]
    public void There_are_no_more_rules_than_the_settings_can_hold()
    {
        Keep(new() { Directories = [.. Enumerable.Range(0, 64).Select(i => $"/srv/{i}")], Store = new() { Label = "A" } });
        Assert.Equal(ErrorIds.TooManyKeepRules, Refused(new() { Directories = ["/srv/64"] }).ErrorId);
    }

    [Fact]
    public void Removing_takes_rules_and_the_stores_that_only_they_used()
    {
        Keep(new() { Directories = ["/srv", "/var/spool/mail"], Store = new() { Kind = StoreKind.Partition, Length = 64 * MiB } });
        Keep(new() { Directories = ["/home"], Store = new() { Label = "A" } });
        Keep(new() { Presets = [KeepPreset.Identity], Store = new() { Label = "A" } });
        Keep(new() { Store = new() { Label = "unused" } });
        _partition = 64 * MiB;
        Assert.Empty(Forget(new() { Directories = ["/srv/"] }).Changes);
        Assert.Equal(["partition", "usb", "usb2"], _settings.Stores.Select(store => store.Name));
        EditPlan plan = Forget(new() { Directories = ["/var/spool/mail"] });
        Assert.Equal([new CardChange(StoreKind.Partition, null)], plan.Changes);
        Assert.Equal(["no longer keep /var/mail", "remove the partition of 64 MiB with all that it holds"], plan.Steps);
        _partition = null;
        Forget(new() { Directories = ["/home"] });
        Assert.Equal(["usb", "usb2"], _settings.Stores.Select(store => store.Name));
        Forget(new() { Presets = [KeepPreset.Identity], KeepStores = true });
        Assert.Equal((0, null, 2), (_settings.Rules.Count, _settings.MachineIdStore, _settings.Stores.Count));
        Assert.Equal(ErrorIds.KeepRuleMissing, Assert.Throws<ImageException>(() => Forget(new() { Presets = [KeepPreset.Identity] })).ErrorId);
        Forget(new() { All = true });
        Assert.True(_settings.IsEmpty);
        Assert.Empty(Forget(new() { All = true }).Steps);
    }

    [Fact]
    public void Removing_a_rule_that_is_not_there_names_those_that_are()
    {
        Keep(new() { Directories = ["/srv"], Store = new() { Label = "A" } });
        ImageException error = Assert.Throws<ImageException>(() => Forget(new() { Directories = ["/srv", "/home"] }));
        Assert.Equal(ErrorIds.KeepRuleMissing, error.ErrorId);
        Assert.Contains("/srv", error.RecommendedAction, StringComparison.Ordinal);
        Assert.Single(_settings.Rules);
    }

    private EditState State() => new("live.img", new LiveSettings { Persistence = _settings }, _root, _partition, _container);

    private EditPlan Keep(KeepRequest request) => Take(KeepPlanner.Plan(State(), request, TestContext.Current.CancellationToken));

    private EditPlan Forget(ForgetRequest request) => Take(KeepPlanner.Plan(State(), request));

    private EditPlan Take(EditPlan plan)
    {
        _settings = plan.Settings.Persistence;
        Assert.Equal(_settings, LiveSettings.Parse(plan.Settings.Format(), "conf").Persistence);
        return plan;
    }

    private ImageException Refused(KeepRequest request) => Assert.Throws<ImageException>(() => Keep(request));
}
