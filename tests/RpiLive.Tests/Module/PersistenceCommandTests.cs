using System.Management.Automation;
using System.Security.Cryptography;
using RpiLive.Core.Imaging.Persistence;
using RpiLive.Tests.Editing;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

/// <summary>Set- and Remove-RpiLivePersistence on a live image, judged by what mtools, e2fsck and debugfs see in it.</summary>
public sealed class PersistenceCommandTests(LiveImageFixture fixture) : IClassFixture<LiveImageFixture>, IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_line_of_rules_and_stores_ends_in_the_settings_and_on_the_object()
    {
        string path = NewImage();
        RpiLiveImage image = Image("""
            Get-RpiLiveImage live.img |
                Set-RpiLivePersistence -Directory /home, /var/log -Target Usb -Label KEEP -OnMissing Stop -TimeoutSeconds 60 |
                Set-RpiLivePersistence -Preset Identity |
                Set-RpiLivePersistence -Directory /srv -Mode Tmpfs -Size 64MB |
                Set-RpiLivePersistence -Directory /var/log -Mode Bind
            """);
        Assert.Equal(
            ["/etc/ssh (Overlay on usb)", "/home (Overlay on usb)", "/srv (Tmpfs)", "/var/lib/systemd (Overlay on usb)", "/var/log (Bind on usb)"],
            image.KeepRules.Select(rule => rule.ToString()));
        Assert.Equal(("usb", 64L << 20, true), (image.MachineIdStore, image.KeepRules[2].Size, image.PersistenceEnabled));
        RpiLiveStore store = Assert.Single(image.Stores);
        Assert.Equal(("usb", StoreKind.Usb, "KEEP", OnMissing.Stop, 60), (store.Name, store.Target, store.Label, store.OnMissing, store.TimeoutSeconds));
        Assert.EndsWith("""
            persistence=on
            store.usb=usb
            store.usb.label=KEEP
            store.usb.onmissing=stop
            store.usb.timeout=60
            keep=overlay usb /etc/ssh
            keep=overlay usb /home
            keep=tmpfs 64 /srv
            keep=overlay usb /var/lib/systemd
            keep=bind usb /var/log
            machineid=usb

            """, Judges.ReadSettings(path), StringComparison.Ordinal);
        Judges.CheckBootVolume(path);
        Assert.Equal(image.KeepRules.Select(rule => rule.ToString()), Image("Get-RpiLiveImage live.img").KeepRules.Select(rule => rule.ToString()));
    }

    [Fact]
    public void A_partition_is_made_made_larger_and_removed()
    {
        Tools.Require("e2fsck", "debugfs", "sfdisk");
        string path = NewImage();
        long before = new FileInfo(path).Length;
        RpiLiveImage image = Image("Set-RpiLivePersistence live.img /srv -Target Partition -Size 16MB -Grow");
        RpiLiveStore store = Assert.Single(image.Stores);
        Assert.Equal(("partition", 16L << 20, true), (store.Name, store.Size, store.Grow));
        Assert.Equal(new FileInfo(path).Length, image.Length);
        Assert.Equal("1\n", Debug(Judges.Extract(path, 2), "cat /rpilive/format"));
        Assert.Contains("type=83", Tools.Run("sfdisk", "-d", path).Split('\n').Last(line => line.Contains("start=", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(32L << 20, Image("Set-RpiLivePersistence live.img -StoreName partition -Size 32MB -Grow:$false").Stores[0].Size);
        Judges.CheckExt4(Judges.Extract(path, 2));
        Assert.DoesNotContain("grow", Judges.ReadSettings(path), StringComparison.Ordinal);
        image = Image("Remove-RpiLivePersistence live.img /srv");
        Assert.Empty(image.Stores);
        Assert.Equal(before, new FileInfo(path).Length);
        Judges.CheckBootVolume(path);
    }

    [Theory]
    [InlineData("Partition", "Bind", "/rpilive/bind/home%2Fpi%2Fapp")]
    [InlineData("Folder", "Overlay", "/rpilive/overlay/home%2Fpi%2Fapp/upper")]
    public void A_folder_of_the_host_fills_a_directory(string target, string mode, string place)
    {
        Tools.Require("e2fsck", "debugfs");
        string path = NewImage();
        string seed = Path.Join(_session.Folder, "app");
        Directory.CreateDirectory(Path.Join(seed, "data"));
        File.WriteAllText(Path.Join(seed, "run.sh"), "#!/bin/sh\necho hello\n");
        File.WriteAllText(Path.Join(seed, "data", "big"), new string('x', 3_000_000));
        File.WriteAllText(Path.Join(seed, "empty"), "");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Join(seed, "run.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.CreateSymbolicLink(Path.Join(seed, "link"), "data/big");
        }
        File.SetLastWriteTimeUtc(Path.Join(seed, "run.sh"), new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));

        Image($"Set-RpiLivePersistence live.img /home/pi/app -Mode {mode} -Target {target} -Size 16MB -Seed app -Owner pi");
        string store = Store(path, target);
        Assert.Matches(@"User: +1000 +Group: +1001 ", Debug(store, $"stat {place}"));
        Assert.Matches(@"Mode: +0755 ", Debug(store, $"stat {place}"));
        Assert.Matches(@"Mode: +0755 ", Debug(store, $"stat {place}/run.sh"));
        Assert.Contains("2020", Debug(store, $"stat {place}/run.sh"), StringComparison.Ordinal);
        Assert.Matches(@"Mode: +0644 ", Debug(store, $"stat {place}/empty"));
        Assert.Equal("#!/bin/sh\necho hello\n", Debug(store, $"cat {place}/run.sh"));
        Assert.Equal(3_000_000, Debug(store, $"cat {place}/data/big").Length);
        if (!OperatingSystem.IsWindows())
            Assert.Contains("\"data/big\"", Debug(store, $"stat {place}/link"), StringComparison.Ordinal);
        Judges.CheckExt4(store);

        // Another directory joins it, and the first is filled anew.
        File.Delete(Path.Join(seed, "data", "big"));
        Image("Set-RpiLivePersistence live.img /srv -Mode Bind -Seed app -Owner 7 -Group web -FileMode 640 -DirectoryMode 2750");
        Image($"Set-RpiLivePersistence live.img /home/pi/app -Mode {mode} -Seed app");
        store = Store(path, target);
        Assert.Matches(@"(?s)Mode: +02750 .*User: +7 +Group: +33 ", Debug(store, "stat /rpilive/bind/srv/data"));
        Assert.Matches(@"Mode: +0750 ", Debug(store, "stat /rpilive/bind/srv/run.sh"));
        Assert.Matches(@"Mode: +0640 ", Debug(store, "stat /rpilive/bind/srv/empty"));
        Assert.Contains("File not found", Debug(store, $"stat {place}/data/big"), StringComparison.Ordinal);
        Assert.Matches(@"User: +0 +Group: +0 ", Debug(store, $"stat {place}/run.sh"));
        Judges.CheckExt4(store);
        Judges.CheckBootVolume(path);
    }

    [Fact]
    public void Without_owner_and_mode_a_seed_looks_like_the_directory_in_the_image()
    {
        Tools.Require("debugfs");
        string path = NewImage();
        Directory.CreateDirectory(Path.Join(_session.Folder, "seed", "sub"));
        Image("Set-RpiLivePersistence live.img /home/pi -Target Partition -Size 8MB -Seed seed");
        string store = Store(path, "Partition");
        string expected = Debug(store, "stat /rpilive/overlay/home%2Fpi/upper").Split('\n').First(line => line.StartsWith("User:", StringComparison.Ordinal));
        Assert.Equal(expected.Split("Project")[0], Debug(store, "stat /rpilive/overlay/home%2Fpi/upper/sub").Split('\n').First(line => line.StartsWith("User:", StringComparison.Ordinal)).Split("Project")[0]);
        File.Delete(store);
    }

    [Fact]
    public void With_WhatIf_nothing_is_written_and_what_cannot_work_is_an_error_all_the_same()
    {
        string path = NewImage();
        byte[] before = SHA256.HashData(File.ReadAllBytes(path));
        Assert.Empty(_session.Run("Set-RpiLivePersistence live.img /srv -Target Partition -Size 16MB -WhatIf").Output);
        Assert.Equal(["KeepDirectoryForbidden"], _session.Run("Set-RpiLivePersistence live.img /proc -Target Partition -Size 16MB -WhatIf").ErrorIds);
        Assert.Empty(_session.Run("Remove-RpiLivePersistence live.img -All -WhatIf").Errors);
        Assert.Equal(before, SHA256.HashData(File.ReadAllBytes(path)));
    }

    [Fact]
    public void What_is_so_already_writes_nothing_and_emits_the_image()
    {
        string path = NewImage();
        Image("Set-RpiLivePersistence live.img /srv -Target Folder -Size 8MB");
        byte[] before = SHA256.HashData(File.ReadAllBytes(path));
        DateTime time = File.GetLastWriteTimeUtc(path);
        Assert.Single(Image("Set-RpiLivePersistence live.img /srv -Target Folder -Size 8MB").KeepRules);
        Assert.Equal(before, SHA256.HashData(File.ReadAllBytes(path)));
        Assert.Equal(time, File.GetLastWriteTimeUtc(path));
    }

    [Theory]
    [InlineData("Set-RpiLivePersistence live.img", "ParametersDisagree", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img -Preset Logs -Mode Bind", "ParametersDisagree", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img /srv -Percent 10", "ParametersDisagree", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img /srv -Mode Tmpfs -Percent 10 -Size 1MB", "ParametersDisagree", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img /srv -Mode Tmpfs -Target Usb", "ParametersDisagree", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img /srv -Mode Tmpfs -Preset Logs", "ParametersDisagree", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img /srv -Owner pi", "ParametersDisagree", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img /srv -Seed missing", "FolderMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("Set-RpiLivePersistence live.img /srv -Seed live.img", "PathNotFolder", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img -ConfigurationFile missing", "PathNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Set-RpiLivePersistence live.img -ConfigurationFile live.img", "FileUnreadable", ErrorCategory.ReadError)]
    [InlineData("Set-RpiLivePersistence live.img -ConfigurationFile link.conf", "PersistenceConfLink", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img /srv -FileMode 9", "ParameterArgumentValidationError", ErrorCategory.InvalidData)]
    [InlineData("Set-RpiLivePersistence live.img /srv -Size 1KB", "ParameterArgumentValidationError", ErrorCategory.InvalidData)]
    [InlineData("Set-RpiLivePersistence live.img /srv", "StoreMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("Set-RpiLivePersistence live.img /srv -Target Partition", "StoreSizeInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img srv -Label A", "KeepDirectoryInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img /var/run/new -Label A", "KeepDirectoryForbidden", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img /nothing/x -Label A", "KeepDirectoryMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("Set-RpiLivePersistence live.img /etc/passwd -Label A", "KeepDirectoryNotDirectory", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img /var, /var/log -Label A", "KeepRulesNested", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img -Preset Containers -Label A", "PresetEmpty", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img /srv -Seed seed -Owner nobody -Target Partition -Size 8MB", "AccountMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("Set-RpiLivePersistence live.img /srv -Seed seed -Label A", "SeedUnusable", ErrorCategory.InvalidArgument)]
    [InlineData("Set-RpiLivePersistence live.img /srv, /home -Seed seed -Target Partition -Size 8MB", "SeedUnusable", ErrorCategory.InvalidArgument)]
    [InlineData("Remove-RpiLivePersistence live.img", "ParametersDisagree", ErrorCategory.InvalidArgument)]
    [InlineData("Remove-RpiLivePersistence live.img /srv", "KeepRuleMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("Remove-RpiLivePersistence live.img -Preset Identity", "KeepRuleMissing", ErrorCategory.ObjectNotFound)]
    public void What_cannot_be_is_one_error_and_the_image_stays_as_it_is(string script, string errorId, ErrorCategory category)
    {
        string path = NewImage();
        DateTime before = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(Path.Join(_session.Folder, "link.conf"), "/home link\n");
        Directory.CreateDirectory(Path.Join(_session.Folder, "seed"));
        ModuleResult result = _session.Run(script);
        Assert.Equal([errorId], result.ErrorIds);
        Assert.Equal(category, result.Errors[0].CategoryInfo.Category);
        if (errorId != "ParameterArgumentValidationError")
            Assert.NotEmpty(result.Errors[0].ErrorDetails.RecommendedAction);
        Assert.Empty(result.Output);
        Assert.Equal(before, File.GetLastWriteTimeUtc(path));
    }

    [Fact]
    public void A_seed_that_does_not_fit_leaves_the_image_as_it_was()
    {
        string path = NewImage();
        Directory.CreateDirectory(Path.Join(_session.Folder, "seed"));
        File.WriteAllBytes(Path.Join(_session.Folder, "seed", "large"), new byte[20 << 20].Select((_, i) => (byte)(i + 1)).ToArray());
        string before = Judges.ReadSettings(path);
        Assert.Equal(["TooLarge"], _session.Run("Set-RpiLivePersistence live.img /srv -Target Partition -Size 8MB -Seed seed").ErrorIds);
        Assert.Equal(before, Judges.ReadSettings(path));
        Assert.Empty(Image("Get-RpiLiveImage live.img").Stores);
        Judges.CheckBootVolume(path);
    }

    [Fact]
    public void An_image_that_is_none_does_not_stop_the_next()
    {
        NewImage();
        _session.File("zeros.img");
        ModuleResult result = _session.Run("'zeros.img', 'live.img' | Set-RpiLivePersistence -Preset Logs -Label LOGS");
        Assert.Single(result.Errors);
        Assert.Equal("/var/log (Bind on usb)", ((RpiLiveImage)result.Output.Single().BaseObject).KeepRules.Single().ToString());
    }

    [Fact]
    public void An_image_that_another_program_writes_is_in_use()
    {
        string path = NewImage();
        using FileStream other = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        ModuleResult result = _session.Run("Set-RpiLivePersistence live.img -Preset Logs -Label LOGS");
        Assert.Single(result.Errors);
        Assert.Contains(result.ErrorIds.Single(), (string[])["ImageInUse", "ImageUnreadable"]);
    }

    [Fact]
    public void Files_strings_and_images_from_another_session_bind()
    {
        NewImage("live[1].img");
        ModuleResult result = _session.Run("""
            [System.IO.FileInfo]::new("$PWD/live[1].img") | Set-RpiLivePersistence -Preset Logs -Label LOGS | ForEach-Object {
                [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($_, 3)) } |
                Remove-RpiLivePersistence -Preset Logs
            """);
        Assert.Empty(result.Errors);
        Assert.Empty(((RpiLiveImage)result.Output.Single().BaseObject).KeepRules);
    }

    [Fact]
    public void A_configuration_of_live_boot_is_taken_over_with_a_warning_about_its_source()
    {
        NewImage();
        File.WriteAllText(Path.Join(_session.Folder, "persistence.conf"), "/home union,source=h\n/srv\n");
        ModuleResult result = _session.Run("Set-RpiLivePersistence live.img -ConfigurationFile persistence.conf -Uuid 1A2B-3C4D");
        Assert.Empty(result.Errors);
        Assert.Equal(["/home (Overlay on usb)", "/srv (Bind on usb)"], ((RpiLiveImage)result.Output.Single().BaseObject).KeepRules.Select(rule => rule.ToString()));
        Assert.Contains("source=h", result.Warnings.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Removing_everything_gives_back_the_settings_of_a_new_image()
    {
        string path = NewImage();
        string before = Judges.ReadSettings(path);
        Image("Set-RpiLivePersistence live.img -Preset Identity, Home -Target Partition -Size 8MB | Set-RpiLivePersistence -Directory /srv -Target Folder -Size 8MB");
        Assert.Equal(2, Image("Remove-RpiLivePersistence live.img -Directory /srv, /home, /etc/ssh, /var/lib/systemd -KeepStore").Stores.Count);
        RpiLiveImage image = Image("Remove-RpiLivePersistence live.img -All");
        Assert.Equal((0, 0, null), (image.KeepRules.Count, image.Stores.Count, image.MachineIdStore));
        Assert.Equal(before, Judges.ReadSettings(path));
        Judges.CheckBootVolume(path);
    }

    [Theory]
    [InlineData("Set-RpiLivePersistence live.img -Directory /home -Target ", new[] { "Usb", "Partition", "Folder" })]
    [InlineData("Set-RpiLivePersistence live.img -Preset ", new[] { "Logs", "Home", "Containers", "Identity", "Network" })]
    [InlineData("Set-RpiLivePersistence live.img -OnMissing ", new[] { "Wait", "Pristine", "Stop" })]
    [InlineData("Set-RpiLivePersistence live.img -Size 2", new[] { "256MB", "2GB" })]
    [InlineData("Set-RpiLivePersistence live.img /var/log", new[] { "/var/log" })]
    [InlineData("Remove-RpiLivePersistence live.img -Directory /ho", new[] { "/home" })]
    public void Values_are_completed(string line, string[] values)
    {
        ModuleResult result = _session.Run(
            $"$line = '{line}'; [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText");
        Assert.Equal(values.Order(), result.Texts.Order());
    }

    [Theory]
    [InlineData("Set-RpiLivePersistence live.img -Directory /var/l", new[] { "/var/lib", "/var/log" })]
    [InlineData("Set-RpiLivePersistence -Path live.img -Directory /home/", new[] { "/home/pi" })]
    [InlineData("Set-RpiLivePersistence -LiteralPath live.img -Directory /srv, /et", new[] { "/etc" })]
    [InlineData("Remove-RpiLivePersistence live.img -Directory /", new[] { "/home", "/var/log" })]
    public void Directories_are_those_of_the_image(string line, string[] values)
    {
        NewImage();
        Image("Set-RpiLivePersistence live.img /home, /var/log -Target Usb -Label KEEP");
        ModuleResult result = _session.Run(
            $"$line = '{line}'; [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText");
        Assert.Equal(values.Order(), result.Texts.Order());
    }

    private static string Store(string path, string target) => target == "Partition" ? Judges.Extract(path, 2) : Judges.ExtractContainer(path);

    /// <summary>What debugfs prints, without its banner.</summary>
    private static string Debug(string store, string command)
    {
        string output = Tools.Run("debugfs", "-R", command, store);
        int banner = output.LastIndexOf("debugfs 1.", StringComparison.Ordinal);
        return banner < 0 ? output : output[..banner] + output[(output.IndexOf('\n', banner) + 1)..];
    }

    private string NewImage(string name = "live.img")
    {
        string path = Path.Join(_session.Folder, name);
        File.Copy(fixture.Path, path);
        return path;
    }

    /// <summary>The one image that a script emits without an error.</summary>
    private RpiLiveImage Image(string script)
    {
        ModuleResult result = _session.Run(script);
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        return (RpiLiveImage)result.Output.Single().BaseObject;
    }
}
