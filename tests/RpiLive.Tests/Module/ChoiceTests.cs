using System.Management.Automation;

namespace RpiLive.Tests.Module;

/// <summary>Completion of what is a choice by its type.</summary>
public sealed class ChoiceTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_value_of_every_choice_is_offered()
    {
        int choices = 0;
        foreach (CommandInfo command in _session.Run("Get-Command -Module RpiLive").Output.Select(output => (CommandInfo)output.BaseObject))
        {
            foreach (ParameterMetadata parameter in command.Parameters.Values)
            {
                Type type = parameter.ParameterType.GetElementType() ?? parameter.ParameterType;
                if (!type.IsEnum || !type.FullName!.StartsWith("RpiLive.", StringComparison.Ordinal))
                    continue;
                choices++;
                Assert.Equal(Enum.GetNames(type).Order(), Offered($"{command.Name} -{parameter.Name} ").Order());
            }
        }
        Assert.InRange(choices, 9, 100);
    }

    [Theory]
    [InlineData("New-RpiLiveImage a b -RootMode M", "Medium")]
    [InlineData("Set-RpiLivePersistence a /srv -Target P", "Partition")]
    [InlineData("Add-RpiLiveZram a -Size 51", "512MB")]
    [InlineData("Add-RpiLiveZram a -MemoryLimit 51", "512MB")]
    public void The_begun_word_chooses(string line, string expected) => Assert.Equal([expected], Offered(line));

    private IEnumerable<string> Offered(string line) => _session.Run(
        $"$line = '{line}'; [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText").Texts;
}
