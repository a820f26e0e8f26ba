using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RpiLive.Tests.Module;

/// <summary>What the workflow of the build server takes for granted.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string s_workflow = Read(".github", "workflows", "ci.yml");

    [Fact]
    public void Every_task_that_it_runs_is_one_of_the_build_script()
    {
        ScriptBlockAst script = Parser.ParseInput(Read("build.ps1"), out _, out _);
        ParameterAst task = script.ParamBlock.Parameters.Single(parameter => parameter.Name.VariablePath.UserPath == "Task");
        IEnumerable<string> tasks = task.Attributes.OfType<AttributeAst>().Single(attribute => attribute.TypeName.Name == "ValidateSet")
            .PositionalArguments.Select(argument => (string)argument.SafeGetValue());
        string[] run = [.. TasksOf().Matches(s_workflow).SelectMany(match => match.Groups[1].Value.Split(", "))];
        Assert.Equal(["Analyze", "Build", "Test"], run.Order());
        Assert.Subset(tasks.ToHashSet(), run.ToHashSet());
    }

    [Fact]
    public void Its_PowerShell_is_the_engine_of_these_tests()
    {
        XElement engine = XDocument.Parse(Read("Directory.Packages.props")).Descendants("PackageVersion")
            .Single(package => package.Attribute("Include")!.Value == "System.Management.Automation");
        Assert.Contains($"POWERSHELL_VERSION: {engine.Attribute("Version")!.Value}\n", s_workflow, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_actions_are_named_with_a_version_and_it_may_only_read()
    {
        string[] actions = [.. Action().Matches(s_workflow).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(actions);
        Assert.All(actions, action => Assert.Matches(@"^actions/[a-z-]+@v\d+$", action));
        Assert.Contains("\npermissions:\n  contents: read\n\n", s_workflow, StringComparison.Ordinal);
    }

    private static string Read(params string[] path) => File.ReadAllText(Path.Join([Subjects.Repository, .. path])).ReplaceLineEndings("\n");

    [GeneratedRegex(@"build\.ps1 -Task (\w+(?:, \w+)*)")]
    private static partial Regex TasksOf();

    [GeneratedRegex(@"uses: *(\S+)")]
    private static partial Regex Action();
}
