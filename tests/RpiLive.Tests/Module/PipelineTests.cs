using System.Management.Automation;

namespace RpiLive.Tests.Module;

/// <summary>Every form in which an image comes to a cmdlet, on every cmdlet that takes live images.</summary>
public sealed class PipelineTests(LiveFolderFixture folder) : IClassFixture<LiveFolderFixture>
{
    /// <summary>The cmdlets, with what makes them do the same at each call.</summary>
    private static readonly string[] s_commands =
    [
        "Get-RpiLiveImage",
        "Set-RpiLivePersistence -Preset Logs -Target Usb -Label LOGS",
        "Remove-RpiLivePersistence -All",
        "Add-RpiLiveZram -Force",
        "Remove-RpiLiveZram",
        "Get-RpiModel -Name 'Pi 400'",
        "Test-RpiLiveImage -Category Settings",
    ];

    /// <summary>The forms, with COMMAND for the cmdlet, and the images that it is about.</summary>
    private static readonly (string Form, string[] Images)[] s_forms =
    [
        ("'live.img' | COMMAND", ["live.img"]),
        ("[System.IO.FileInfo]::new(\"$PWD/[live].img\") | COMMAND", ["[live].img"]),
        ("Get-RpiLiveImage -LiteralPath '[live].img' | COMMAND", ["[live].img"]),
        ("[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-RpiLiveImage -LiteralPath '[live].img'), 3)) | COMMAND", ["[live].img"]),
        ("[pscustomobject]@{ Path = 'l*.img' } | COMMAND", ["live.img"]),
        ("[pscustomobject]@{ LiteralPath = '[live].img' } | COMMAND", ["[live].img"]),
        ("[pscustomobject]@{ LP = '[live].img' } | COMMAND", ["[live].img"]),
        ("[pscustomobject]@{ FullName = '[live].img' } | COMMAND", ["[live].img"]),
        (@"[pscustomobject]@{ PSPath = ""Microsoft.PowerShell.Core\FileSystem::$PWD/[live].img""; Path = 'no' } | COMMAND", ["[live].img"]),
        ("'live.img', 'live.img' | COMMAND", ["live.img", "live.img"]),
        ("Get-RpiLiveImage -LiteralPath live.img, '[live].img' | COMMAND", ["live.img", "[live].img"]),
        ("COMMAND -Path live.img, live.img", ["live.img", "live.img"]),
        ("COMMAND -LiteralPath '[live].img', live.img", ["[live].img", "live.img"]),
        ("COMMAND -Path '[l]ive.im?'", ["live.img"]),
        ("COMMAND -Path '`[live`].img'", ["[live].img"]),
        ("COMMAND -Path ./*].img, .\\live.img", ["[live].img", "live.img"]),
    ];

    public static MatrixTheoryData<string, string> Cases { get; } = new(s_commands, s_forms.Select(form => form.Form));

    public static TheoryData<string> Commands { get; } = [.. s_commands];

    /// <summary>The session's location is not the folder of the process, so that relative paths are told apart, too.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_form_gives_one_object_for_each_image(string command, string form)
    {
        ModuleResult result = folder.Session.Run(form.Replace("COMMAND", command, StringComparison.Ordinal));
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        Assert.Equal(s_forms.Single(other => other.Form == form).Images.Select(name => folder[name]), result.Output.Select(ImageOf));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void An_error_does_not_stop_the_next(string command)
    {
        ModuleResult result = folder.Session.Run($"'missing.img', 'live.img', '.', 'live.img' | {command}");
        Assert.Equal(["PathNotFound", "PathNotFile"], result.ErrorIds);
        Assert.Equal(["missing.img", "."], result.Errors.Select(error => error.TargetObject));
        Assert.Equal([folder["live.img"], folder["live.img"]], result.Output.Select(ImageOf));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void ErrorAction_Stop_ends_at_the_first(string command)
    {
        ModuleResult result = folder.Session.Run($"'missing.img', 'live.img' | {command} -ErrorAction Stop");
        Assert.Equal("missing.img", Assert.Single(result.Errors).TargetObject);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_whole_line_makes_changes_and_tests_an_image()
    {
        ModuleResult result = folder.Session.Run("""
            $report = 'stock.img' | New-RpiLiveImage -DestinationPath line/ -CompressionLevel 1 -WarningAction SilentlyContinue |
                Set-RpiLivePersistence -Directory /home -Target Partition -Size 16MB | Add-RpiLiveZram -Algorithm zstd | Test-RpiLiveImage
            $report
            $report | Get-RpiLiveImage
            """);
        Assert.Empty(result.Errors);
        RpiLiveTestReport report = (RpiLiveTestReport)result.Output[0].BaseObject;
        Assert.Empty(report.Checks.Where(check => check.Result == "Failed").Select(check => check.Message));
        RpiLiveImage image = (RpiLiveImage)result.Output[1].BaseObject;
        Assert.Equal(folder[Path.Join("line", "stock-live.img")], image.Path);
        Assert.Equal("/home (Overlay on partition)", Assert.Single(image.KeepRules).ToString());
        Assert.Equal("zstd", image.Zram!.Algorithm);
    }

    [Fact]
    public void A_report_comes_back_from_another_computer_with_all_that_it_says()
    {
        ModuleResult result = folder.Session.Run("""
            $report = Test-RpiLiveImage live.img
            $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($report, 3))
            $copy.PSTypeNames[0]
            $copy.IsValid
            "$($copy.Checks)" -eq "$($report.Checks)"
            """);
        Assert.Equal(["Deserialized.RpiLive.RpiLiveTestReport", "True", "True"], result.Texts);
    }

    [Fact]
    public void An_image_that_is_cut_short_is_one_error_and_one_failed_check()
    {
        folder.Build("short.img");
        using (FileStream file = File.OpenWrite(folder["short.img"]))
            file.SetLength(100 << 20);
        ModuleResult result = folder.Session.Run("Get-RpiLiveImage short.img; (Test-RpiLiveImage short.img).Checks[0].Id");
        Assert.Equal(["ImageTruncated"], result.ErrorIds);
        Assert.Equal((ErrorCategory.InvalidData, folder["short.img"]), (result.Errors[0].CategoryInfo.Category, result.Errors[0].TargetObject));
        Assert.Equal(["PartitionTable"], result.Texts);
    }

    private static string ImageOf(PSObject output) => output.BaseObject switch
    {
        RpiLiveImage image => image.Path,
        RpiModel model => model.ImagePath!,
        object report => ((RpiLiveTestReport)report).Path,
    };
}
