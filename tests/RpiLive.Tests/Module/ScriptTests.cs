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

    public static TheoryData<string> PesterFiles { get; } =
        [.. Directory.EnumerateFiles(Path.Join(Subjects.Repository, "tests"), "*.Tests.ps1").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Every_script_parses(string script)
    {
        Parser.ParseFile(Path.Join(Subjects.Repository, script), out _, out ParseError[] errors);
        Assert.Empty(errors);
    }

    [Theory]
    [MemberData(nameof(PesterFiles))]
    public void A_file_of_Pester_tests_passes_on_the_bare_engine(string file)
    {
        using TemporaryFolder folder = new();
        string subset = Path.Join(Subjects.Repository, "tests", "RpiLive.Tests", "Module", "PesterSubset.ps1");
        HostResult result = HostProcess.Run($"""
            . '{subset}'
            Invoke-TestFile '{Path.Join(Subjects.Repository, "tests", file)}' '{folder.Path}'
            "$($totals.passed) passed, $($totals.failed) failed, $($totals.skipped) skipped"
            """);
        Assert.Empty(result.Error);
        Assert.DoesNotContain("FAIL ", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"(^|\n)\d+ passed, 0 failed, \d+ skipped\n$", result.Output);
        Assert.DoesNotMatch(@"(^|\n)0 passed, 0 failed, 0 skipped\n$", result.Output);
    }
}
