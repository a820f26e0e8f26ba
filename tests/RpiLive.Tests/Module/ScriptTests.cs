using System.Management.Automation.Language;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

public sealed class ScriptTests
{
    public static TheoryData<string> Scripts { get; } =
    [
        .. new[] { "", "module", "tests", "tests/RpiLive.Tests/Module" }
            .Select(folder => Path.Join(Subjects.Repository, folder))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.ps*1"))
            .Select(file => Path.GetRelativePath(Subjects.Repository, file).Replace('\\', '/')),
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Every_script_parses(string script)
    {
        Parser.ParseFile(Path.Join(Subjects.Repository, script), out _, out ParseError[] errors);
        Assert.Empty(errors);
    }

    [Fact]
    public void The_Pester_tests_pass_on_the_bare_engine()
    {
        using TemporaryFolder folder = new();
        string subset = Path.Join(Subjects.Repository, "tests", "RpiLive.Tests", "Module", "PesterSubset.ps1");
        string[] files = Directory.GetFiles(Path.Join(Subjects.Repository, "tests"), "*.Tests.ps1");
        Assert.NotEmpty(files);
        HostResult result = HostProcess.Run($$"""
            . '{{subset}}'
            {{string.Join('\n', files.Select((file, index) => $"Invoke-TestFile '{file}' '{folder[index.ToString(System.Globalization.CultureInfo.InvariantCulture)]}'"))}}
            "$($totals.passed) passed, $($totals.failed) failed, $($totals.skipped) skipped"
            """);
        Assert.Empty(result.Error);
        Assert.DoesNotContain("FAIL ", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"\n[1-9][0-9]+ passed, 0 failed, \d+ skipped\n$", result.Output);
    }
}
