using System.Management.Automation;
using System.Text.RegularExpressions;

namespace RpiLive.Tests.Module;

/// <summary>docs/en-US is the source of the help; it must agree with the cmdlets.</summary>
public sealed partial class HelpTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public static TheoryData<string> Commands { get; } = 
    [
        "New-RpiBaseImage", "New-RpiLiveImage", "Get-RpiLiveImage", "Set-RpiLivePersistence", "Remove-RpiLivePersistence", "Add-RpiLiveZram", "Remove-RpiLiveZram", "Get-RpiModel", "Test-RpiLiveImage",
    ];

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_tells_every_parameter_with_its_type_place_and_pipeline_binding(string name)
    {
        CommandInfo command = (CommandInfo)_session.Run($"Get-Command {name}").Output.Single().BaseObject;
        Dictionary<string, dynamic> documented = _session.Run($"(Get-Help {name} -Full).parameters.parameter").Output
            .ToDictionary(parameter => (string)((dynamic)parameter).name.ToString(), parameter => (dynamic)parameter);
        IEnumerable<ParameterMetadata> own = command.Parameters.Values.Where(parameter =>
            !PSCmdlet.CommonParameters.Contains(parameter.Name));
        Assert.Equal(own.Select(parameter => parameter.Name).Order(), documented.Keys.Order());

        foreach (ParameterMetadata parameter in own)
        {
            dynamic help = documented[parameter.Name];
            ParameterSetMetadata set = parameter.ParameterSets.Values.First();
            Assert.NotEmpty(((string)_session.Run($"(Get-Help {name} -Parameter {parameter.Name}).description.Text").Texts.First()).Trim());
            Assert.Equal(set.IsMandatory ? "true" : "false", (string)help.required.ToString());
            Assert.Equal(set.Position < 0 ? "named" : set.Position.ToString(System.Globalization.CultureInfo.InvariantCulture), (string)help.position.ToString());
            Assert.Equal(parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases), (string)help.aliases.ToString());
            string pipeline = (string)help.pipelineInput.ToString();
            Assert.Equal(set.ValueFromPipeline, pipeline.Contains("ByValue", StringComparison.Ordinal));
            Assert.Equal(set.ValueFromPipelineByPropertyName, pipeline.Contains("ByPropertyName", StringComparison.Ordinal));
            Assert.Equal(parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any() ? "true" : "false", (string)help.globbing.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_page_names_types_values_and_sets_as_they_are(string name)
    {
        CommandInfo command = (CommandInfo)_session.Run($"Get-Command {name}").Output.Single().BaseObject;
        string page = File.ReadAllText(Path.Join(Subjects.Repository, "docs", "en-US", name + ".md")).ReplaceLineEndings("\n");
        foreach (Match section in ParameterSection().Matches(page))
        {
            ParameterMetadata parameter = command.Parameters[section.Groups["name"].Value];
            Assert.Equal(parameter.ParameterType.FullName, section.Groups["type"].Value);
            Assert.Equal(
                parameter.ParameterSets.Keys.Select(set => set == "__AllParameterSets" ? "(All)" : set),
                SetName().Matches(section.Value).Select(match => match.Groups[1].Value));
            if (parameter.ParameterType.IsEnum)
                Assert.All(Enum.GetNames(parameter.ParameterType), value => Assert.Contains($"\n- {value}\n", section.Value, StringComparison.Ordinal));
        }
        if (command.ParameterSets.Count > 1)
            Assert.Contains($"### {command.ParameterSets.Single(set => set.IsDefault).Name} (Default)\n", page, StringComparison.Ordinal);
        Assert.All(command.ParameterSets, set => Assert.Contains($"### {set.Name}", page, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_has_a_synopsis_and_three_examples_that_parse(string name)
    {
        Assert.False(_session.Run($"(Get-Help {name}).Synopsis").Texts.Single().StartsWith(name, StringComparison.Ordinal));
        PSObject[] examples = [.. _session.Run($"(Get-Help {name} -Full).examples.example").Output];
        Assert.InRange(examples.Length, 3, 20);
        string page = File.ReadAllText(Path.Join(Subjects.Repository, "docs", "en-US", name + ".md")).ReplaceLineEndings("\n");
        foreach (Match code in Code().Matches(page))
        {
            System.Management.Automation.Language.Parser.ParseInput(code.Groups[1].Value, out _, out var errors);
            Assert.Empty(errors);
            Assert.Contains(name, code.Groups[1].Value, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_tells_a_syntax_a_set_and_what_goes_in_and_comes_out(string name)
    {
        CommandInfo command = (CommandInfo)_session.Run($"Get-Command {name}").Output.Single().BaseObject;
        Assert.Equal(command.ParameterSets.Count, _session.Run($"(Get-Help {name} -Full).syntax.syntaxItem").Output.Count);
        Assert.NotEmpty(_session.Run($"(Get-Help {name} -Full).inputTypes.inputType.type.name").Texts);
        Assert.Equal(command.OutputType.Select(type => type.Name).Order(), _session.Run($"(Get-Help {name} -Full).returnValues.returnValue.type.name").Texts.Order());
        Assert.NotEmpty(_session.Run($"(Get-Help {name}).description.Text").Texts.First());
    }

    [GeneratedRegex(@"^### -(?<name>\w+)$.*?^Type: (?<type>\S+)$.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ParameterSection();

    [GeneratedRegex("^- Name: (.+)$", RegexOptions.Multiline)]
    private static partial Regex SetName();

    [GeneratedRegex("^```powershell\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();
}
