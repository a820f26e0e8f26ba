using System.Management.Automation;
using System.Xml.Linq;
using RpiLive.Tests.Debian.Support;

namespace RpiLive.Tests.Module;

/// <summary>What people see: views on real objects, and on those that came back from remoting or a job.</summary>
public sealed class ViewTests(LiveImageFixture live) : IClassFixture<LiveImageFixture>, IDisposable
{
    private const string Objects = """
        $image = Set-RpiLivePersistence live.img /home -Target Usb -Label KEEP |
            Set-RpiLivePersistence -Directory /var/cache -Mode Tmpfs -Percent 10 |
            Add-RpiLiveZram -Percent 50 -Algorithm zstd -MemoryLimit 64MB
        $report = Test-RpiLiveImage live.img -Model 'Pi Zero W'
        $base = @(New-RpiBaseImage base.img MIRROR)
        $all = @($base; $base.Packages; $image; $image.Flavours; $image.Edits; $image.KeepRules; $image.Stores; $image.Zram; Get-RpiModel -Path live.img; Get-RpiModel; $report; $report.Checks)
        """;

    private const string Roundtrip = "\n$all = @([System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($all, 3)))\n";

    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_report_from_another_computer_shows_its_failures_too()
    {
        string path = _session.File("x.img");
        // As deep as remoting and jobs serialize: checks become texts.
        string output = HostProcess.Run($"[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Test-RpiLiveImage '{path}'), 1))").Output;
        Assert.Contains("x.img: NOT VALID. ", output, StringComparison.Ordinal);
        Assert.Contains("Failed: PartitionTable: ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Roundtrip)]
    public void Every_script_of_a_view_runs_on_every_object(string way)
    {
        File.Copy(live.Path, Path.Join(_session.Folder, "live.img"));
        XDocument format = XDocument.Load(Path.Join(Path.GetDirectoryName(Subjects.Module), "RpiLive.Format.ps1xml"));
        using FakeDebian debian = new();
        ModuleResult objects = _session.Run(Objects.Replace("MIRROR", debian.Parameters, StringComparison.Ordinal) + way + "\n$all | ForEach-Object { $_.PSObject.TypeNames[0] -replace '^Deserialized\\.' }");
        Assert.Empty(objects.Errors);
        foreach (XElement set in format.Descendants("SelectionSet"))
        {
            string type = set.Descendants("TypeName").First().Value;
            Assert.Contains(type, objects.Texts);
            foreach (XElement script in format.Descendants("View").Where(view => view.Descendants("SelectionSetName").Single().Value == set.Element("Name")!.Value).Descendants("ScriptBlock"))
            {
                ModuleResult result = _session.Run($"$all | Where-Object {{ $_.PSObject.TypeNames[0] -match '^(Deserialized\\.)?{type}$' }} | ForEach-Object {{ {script.Value} }}");
                Assert.Empty(result.Errors);
                if (script.Value.Contains("$PSStyle", StringComparison.Ordinal))
                    Assert.Contains(result.Texts, text => text.StartsWith("\u001b[", StringComparison.Ordinal) || text.Contains(": \u001b[", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Sizes_are_human_and_text_in_a_file_has_no_colours()
    {
        File.Copy(live.Path, Path.Join(_session.Folder, "live.img"));
        Assert.Equal(["512 MiB", "1.00 GiB (1,073,741,824 bytes)", "True"], _session.Run("""
            [RpiLive.Views.ViewText]::Size(512MB)
            [RpiLive.Views.ViewText]::SizeWithBytes(1GB)
            $null -eq [RpiLive.Views.ViewText]::Size($null)
            """).Texts);
        string plain = HostProcess.Run($"Get-RpiModel 'Pi A+' -LiteralPath '{live.Path}'").Output;
        Assert.DoesNotContain("\u001b", plain, StringComparison.Ordinal);
        Assert.Matches(@"Pi A\+ +512 MiB +NoKernel", plain);
    }

    [Fact]
    public void A_report_is_one_line_and_what_is_wrong()
    {
        string path = _session.File("x.img");
        string output = HostProcess.Run($"Test-RpiLiveImage '{path}'").Output;
        Assert.Contains("x.img: NOT VALID. ", output, StringComparison.Ordinal);
        Assert.Matches(@"\nFailed   PartitionTable     \S", output.ReplaceLineEndings("\n"));
    }
}
