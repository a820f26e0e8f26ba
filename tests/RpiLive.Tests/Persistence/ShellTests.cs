using System.Globalization;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Imaging.Persistence;
using RpiLive.Core.SquashFs;
using RpiLive.Tests.Boot;

namespace RpiLive.Tests.Persistence;

/// <summary>What the cmdlets write is what /init reads.</summary>
public sealed class ShellTests
{
    /// <summary>Prints what /init has understood, in the form of <see cref="Expected"/>.</summary>
    private const string Show = """
        printf 'persistence=%s machineid=%s\n' "$opt_persistence" "$opt_machineid"
        for store in "$STATE"/conf/stores/*; do
            printf '%s' "${store##*/}"
            for property in kind label uuid size grow onmissing timeout readonly flush; do
                value=
                [ ! -r "$store/$property" ] || IFS= read -r value <"$store/$property"
                printf ' %s=%s' "$property" "$value"
            done
            printf '\n'
        done
        [ ! -e "$STATE/conf/rules" ] || cat "$STATE/conf/rules"
        """;

    [Fact]
    public void Init_reads_stores_and_rules_as_the_engine_writes_them()
    {
        Random random = new(5);
        for (int round = 0; round < 12; round++)
        {
            PersistenceSettings settings = Make(random);
            using BootShell shell = new();
            shell.Write("conf", new LiveSettings { Persistence = settings }.Format());
            string[] read = shell.Run($"read_options '{shell["conf"]}'\n" + Show).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.False(File.Exists(shell["run/rpilive/warnings"]));
            Assert.Equal(Expected(settings), read);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/proc")]
    [InlineData("/run/x")]
    [InlineData("/boot")]
    [InlineData("/lib/modules")]
    [InlineData("/usr/lib/modules/6.12")]
    [InlineData("/usr/lib/rpilive")]
    [InlineData("/tmp")]
    [InlineData("srv")]
    [InlineData("/srv/")]
    [InlineData("/srv/../etc")]
    [InlineData("/srv/a:b")]
    [InlineData("/srv/a,b")]
    [InlineData("/srv/a\"b")]
    [InlineData("/srv/a\\b")]
    public void What_the_cmdlets_refuse_init_passes_over_with_a_warning(string directory)
    {
        using (SquashFsVolume root = Roots.Open(Roots.Trixie()))
            Assert.Throws<ImageException>(() => new KeepJudge(root, "live.img").Place(directory, KeepMode.Bind));
        using BootShell shell = new();
        shell.Write("conf", $"store.usb=usb\nstore.usb.label=A\nkeep=bind usb {directory}\nkeep=bind usb /good\n");
        Assert.Equal("/good:bind:usb::\n", shell.Run($"read_options '{shell["conf"]}'\ncat \"$STATE/conf/rules\""));
        Assert.Contains($"keep cannot be 'bind usb {directory}'", File.ReadAllText(shell["run/rpilive/warnings"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/var/log")]
    [InlineData("/srv/100%/a b")]
    [InlineData("/%2F/%25")]
    [InlineData("/home/ü/*")]
    public void Init_calls_a_directory_on_a_store_by_the_same_name(string directory)
    {
        using BootShell shell = new();
        Assert.Equal(KeepDirectory.Encode(directory), shell.Run($"escape_directory '{directory}'"));
    }

    private static PersistenceSettings Make(Random random)
    {
        string[] directories = ["/var/log", "/home/pi/My Documents", "/srv/100%", "/opt/ü", "/srv/*", "/a'b", "/$HOME", "/`x`", "/var/lib/x;y", "/tab  le", "/-n", "/#x"];
        PersistenceSettings settings = new()
        {
            Enabled = random.Next(4) > 0,
            Stores =
            [
                new Store
                {
                    Name = "usb", Kind = StoreKind.Usb, Label = ((string[])["KEEP", "my  stick", "$(x)", "a=b#c", "üüü"])[random.Next(5)], Size = random.Next(8, Store.MaxMebibytes),
                    OnMissing = (OnMissing)random.Next(3), TimeoutSeconds = random.Next(1, 3601), ReadOnly = random.Next(2) == 0, FlushInterval = random.Next(1, 3601),
                },
                new Store { Name = "x2", Kind = StoreKind.Usb, Uuid = random.Next(2) == 0 ? "1A2B-3c4D" : "0fc63daf-8483-4772-8e79-3d69d8477de4" },
                new Store { Name = "partition", Kind = StoreKind.Partition, Grow = random.Next(2) == 0 },
                new Store { Name = "folder", Kind = StoreKind.Folder },
            ],
            MachineIdStore = random.Next(2) == 0 ? "folder" : null,
        };
        foreach (string directory in directories.Where(_ => random.Next(3) > 0))
        {
            KeepMode mode = (KeepMode)random.Next(3);
            settings = settings.With(mode == KeepMode.Tmpfs
                ? new KeepRule(directory, mode, null, random.Next(3) switch { 0 => null, 1 => new MemorySize(random.Next(1, 101), true), _ => new MemorySize(random.Next(1, 5000), false) })
                : new KeepRule(directory, mode, settings.Stores[random.Next(4)].Name));
        }
        return settings;
    }

    private static IEnumerable<string> Expected(PersistenceSettings settings)
    {
        yield return $"persistence={(settings.Enabled ? "on" : "off")} machineid={settings.MachineIdStore}";
        foreach (Store store in settings.Stores.OrderBy(store => store.Name, StringComparer.Ordinal))
        {
            string missing = store.OnMissing.ToString().ToLowerInvariant(), kind = store.Kind.ToString().ToLowerInvariant();
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{store.Name} kind={kind} label={store.Label} uuid={store.Uuid} size={store.Size} grow={Yes(store.Grow)} onmissing={missing} timeout={store.TimeoutSeconds} readonly={Yes(store.ReadOnly)} flush={store.FlushInterval}");
        }
        foreach (KeepRule rule in settings.Rules)
            yield return $"{rule.Directory}:{rule.Mode.ToString().ToLowerInvariant()}:{rule.Store}:{(rule.Mode == KeepMode.Tmpfs ? rule.Size?.ToString() ?? "-" : "")}:";
    }

    /// <summary>What is not so is not written.</summary>
    private static string Yes(bool value) => value ? "yes" : "";
}
