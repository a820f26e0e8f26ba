using System.Xml.Linq;
using RpiLive.Core.Testing;
using RpiLive.Tests.Support;
using RpiLive.Tests.Testing;

namespace RpiLive.Tests.Module;

/// <summary>Test-RpiLiveImage on the real engine.</summary>
public sealed class TestRpiLiveImageTests(GoodImages images) : IClassFixture<GoodImages>, IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void An_image_object_a_path_and_a_pattern_give_a_report_each()
    {
        string path = NewImage("live.img");
        foreach (string script in (string[])["Get-RpiLiveImage live.img | Test-RpiLiveImage", "Test-RpiLiveImage live.img", "Test-RpiLiveImage l*.img", "Test-RpiLiveImage -LiteralPath live.img", "'live.img' | Test-RpiLiveImage"])
        {
            RpiLiveTestReport report = Report(script);
            Assert.Equal((path, "live.img", true), (report.Path, report.Name, report.IsValid));
            Assert.Equal(report.Checks.Count, report.Passed + report.Warnings + report.Skipped + report.Failed);
            Assert.Equal("live.img: valid", report.ToString());
        }
    }

    [Fact]
    public void A_damaged_image_is_no_error_but_a_report_with_its_failures_first()
    {
        Break(NewImage("live.img"));
        RpiLiveTestReport report = Report("Test-RpiLiveImage live.img");
        Assert.False(report.IsValid);
        RpiLiveCheck first = report.Checks[0];
        Assert.Equal(("Failed", "Structure", "BootVolume"), (first.Result, first.Category, first.Id));
        Assert.NotNull(first.Action);
        Assert.StartsWith("Failed: BootVolume: ", first.ToString(), StringComparison.Ordinal);
        Assert.Equal([false], _session.Run("Test-RpiLiveImage live.img -Quiet").Output.Select(output => output.BaseObject));
    }

    [Fact]
    public void Quiet_gives_a_value_for_each_image()
    {
        NewImage("good.img");
        Break(NewImage("live.img"));
        Assert.Equal([true, false], _session.Run("Test-RpiLiveImage good.img, live.img -Quiet").Output.Select(output => output.BaseObject));
    }

    [Fact]
    public void Checks_are_chosen_by_category_and_id()
    {
        NewImage("live.img");
        RpiLiveTestReport report = Report("Test-RpiLiveImage live.img -Category Structure, Safety -Exclude BootVolume*, passwords");
        Assert.Equal(["Safety", "Structure"], report.Checks.Select(check => check.Category).Distinct().Order());
        Assert.DoesNotContain(report.Checks, check => check.Id.StartsWith("BootVolume", StringComparison.Ordinal) || check.Id == "Passwords");
    }

    [Fact]
    public void A_board_that_must_run_it_decides()
    {
        NewImage("live.img");
        Assert.True(Report("Test-RpiLiveImage live.img -Model 'Pi 4B 2GB', 'pi zero 2 w'").IsValid);
        Assert.Contains(Report("Test-RpiLiveImage live.img -Model 'Pi A'").Checks, check => check is { Id: "RamFit", Subject: "Pi A", Result: "Failed" });
    }

    [Fact]
    public void The_file_for_build_servers_has_a_suite_an_image_and_a_case_a_check()
    {
        NewImage("good.img");
        Break(NewImage("live.img"));
        RpiLiveTestReport[] reports = [.. _session.Run("Test-RpiLiveImage good.img, live.img -JUnitPath report.xml").Output.Select(output => (RpiLiveTestReport)output.BaseObject)];
        XElement root = XDocument.Load(Path.Join(_session.Folder, "report.xml")).Root!;
        Assert.Equal(["good.img", "live.img"], root.Elements("testsuite").Select(suite => suite.Attribute("name")!.Value));
        foreach ((XElement suite, RpiLiveTestReport report) in root.Elements("testsuite").Zip(reports))
        {
            Assert.Equal(report.Checks.Count, suite.Elements("testcase").Count());
            Assert.Equal(report.Failed.ToString(System.Globalization.CultureInfo.InvariantCulture), suite.Attribute("failures")!.Value);
            Assert.Equal(report.Failed, suite.Descendants("failure").Count());
            Assert.Equal(report.Skipped, suite.Descendants("skipped").Count());
        }
        Assert.Equal(reports[1].Checks[0].Message, root.Descendants("failure").First().Attribute("message")!.Value);
    }

    [Theory]
    [InlineData("Test-RpiLiveImage live.img -Exclude Nothing", "CheckMissing")]
    [InlineData("Test-RpiLiveImage live.img -Model 'Pi 7'", "ModelMissing")]
    [InlineData("Test-RpiLiveImage live.img -QemuPath qemu", "ParametersDisagree")]
    [InlineData("Test-RpiLiveImage live.img -Category Boot", "ParametersDisagree")]
    [InlineData("Test-RpiLiveImage live.img -Category Root -Boot", "ParametersDisagree")]
    [InlineData("Test-RpiLiveImage live.img -Exclude *", "ParametersDisagree")]
    [InlineData("Test-RpiLiveImage live.img -JUnitPath .", "PathNotFile")]
    [InlineData("Test-RpiLiveImage live.img -ConsoleLogPath x.log", "ParametersDisagree")]
    [InlineData("Test-RpiLiveImage live.img -JUnitPath none/report.xml", "FolderMissing")]
    [InlineData("Test-RpiLiveImage live.img -Boot -QemuPath none", "PathNotFound")]
    [InlineData("Test-RpiLiveImage live.img -Boot -QemuPath .", "PathNotFile")]
    [InlineData("Test-RpiLiveImage live.img -Boot -QemuPath live.img", "QemuUnusable")]
    [InlineData("Test-RpiLiveImage live.img -Boot -BootTimeoutSeconds 1", "ParameterArgumentValidationError")]
    [InlineData("Test-RpiLiveImage none.img", "PathNotFound")]
    public void What_cannot_be_is_an_error_with_its_id(string script, string id)
    {
        NewImage("live.img");
        ModuleResult result = _session.Run(script);
        Assert.StartsWith(id, Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        // The engine's own have none.
        if (!id.StartsWith("Parameter", StringComparison.Ordinal) || id == "ParametersDisagree")
            Assert.NotEmpty(result.Errors[0].ErrorDetails.RecommendedAction);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("Test-RpiLiveImage -Exclude RamF", new[] { "RamFit" })]
    [InlineData("Test-RpiLiveImage -Category Saf", new[] { "Safety" })]
    [InlineData("Test-RpiLiveImage -Model \"Pi 40", new[] { "'Pi 400'" })]
    public void Values_are_offered(string line, string[] values) => Assert.Equal(values, _session.Run(
        $"$line = '{line}'; [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText").Texts);

    [Fact]
    public void The_help_lists_every_check()
    {
        string page = File.ReadAllText(Path.Join(Subjects.Repository, "docs", "en-US", "Test-RpiLiveImage.md"));
        Assert.All(CheckKinds.All, kind => Assert.Contains($"\n| {kind.Id} | {kind.Category} | {kind.Description} |\n", page.ReplaceLineEndings("\n"), StringComparison.Ordinal));
        Assert.Equal(CheckKinds.All.Count, CheckKinds.All.Select(kind => kind.Id).Distinct().Count());
    }

    [Fact]
    public void Get_opens_what_is_damaged_and_says_so()
    {
        Break(NewImage("live.img"));
        ModuleResult result = _session.Run("Get-RpiLiveImage live.img");
        RpiLiveImage image = (RpiLiveImage)Assert.Single(result.Output).BaseObject;
        Assert.Contains("vmlinuz", Assert.Single(image.Damage), StringComparison.Ordinal);
        Assert.Contains(image.Damage[0], Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal("arm64", image.Architecture, StringComparer.Ordinal);
    }

    [Fact]
    public void Get_opens_an_image_without_its_document_and_settings()
    {
        using LiveWorkshop workshop = new(images["debian"]);
        workshop.Put("live/image.json", "{");
        workshop.Put("live/rpilive.conf", "rubbish");
        using TemporaryFolder folder = new();
        File.Copy(workshop.Assemble(folder, "live.img"), Path.Join(_session.Folder, "live.img"));
        RpiLiveImage image = (RpiLiveImage)Assert.Single(_session.Run("Get-RpiLiveImage live.img").Output).BaseObject;
        Assert.Equal(2, image.Damage.Count);
        Assert.Empty(image.Flavours);
        Assert.True(image.RootLength > 0);
        Assert.Equal("LiveSettings", Assert.Single(((RpiLiveTestReport)Assert.Single(_session.Run("Get-RpiLiveImage live.img | Test-RpiLiveImage").Output).BaseObject).Checks,
            check => check.Id == "LiveSettings" && check.Result == "Failed").Id);
    }

    /// <summary>PowerShell takes the index of a list that is no array, and has no public indexer, for one of a single object.</summary>
    [Fact]
    public void Lists_can_be_indexed()
    {
        NewImage("live.img");
        object[] objects = [.. _session.Run("$image = Get-RpiLiveImage live.img; $image; $image.Flavours; $image.Edits; Get-RpiModel 'Pi 5'; $image | Test-RpiLiveImage -Category Fit").Output.Select(output => output.BaseObject)];
        Assert.Equal(5, objects.Select(item => item.GetType()).Distinct().Count());
        foreach (object item in objects)
        {
            foreach (System.Reflection.PropertyInfo property in item.GetType().GetProperties().Where(property => property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)))
                Assert.True(property.GetValue(item) is Array, $"{item.GetType().Name}.{property.Name}");
        }
        Assert.Equal(["kernel", "True"], _session.Run("$image = Get-RpiLiveImage live.img; $image.Flavours[0].Name.GetType().Name.ToLower() -replace 'string', 'kernel'; $image.Edits[1].Name -is [string]").Texts);
    }

    private string NewImage(string name)
    {
        File.Copy(images["debian"], Path.Join(_session.Folder, name));
        return Path.Join(_session.Folder, name);
    }

    /// <summary>Lets the chain of the kernel run into a free cluster, in both tables.</summary>
    private static void Break(string path)
    {
        using LiveWorkshop workshop = new(path);
        byte[] image = File.ReadAllBytes(path);
        int boot = 8 << 20, reserved = BitConverter.ToUInt16(image, boot + 14) * 512, length = BitConverter.ToInt32(image, boot + 36) * 512;
        workshop.Dispose();
        int cluster = FindChain(image, boot + reserved);
        for (int table = 0; table < 2; table++)
            image.AsSpan(boot + reserved + (table * length) + (cluster * 4), 4).Clear();
        File.WriteAllBytes(path, image);
    }

    /// <summary>A cluster of the kernel that is not its last: its directory entry has the short name VMLINU~1.</summary>
    private static int FindChain(byte[] image, int table)
    {
        int entry = image.AsSpan().IndexOf("VMLINU~1"u8);
        Assert.True(entry > 0);
        int cluster = BitConverter.ToUInt16(image, entry + 26);
        Assert.NotEqual(0, BitConverter.ToInt32(image, table + (cluster * 4)));
        return cluster;
    }

    private RpiLiveTestReport Report(string script)
    {
        ModuleResult result = _session.Run(script);
        Assert.Empty(result.Errors);
        return (RpiLiveTestReport)Assert.Single(result.Output).BaseObject;
    }
}
