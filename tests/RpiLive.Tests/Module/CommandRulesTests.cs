using System.Management.Automation;
using System.Reflection;
using RpiLive.Core.Imaging.Base;

namespace RpiLive.Tests.Module;

/// <summary>What users of PowerShell expect of every command, whatever it does.</summary>
public sealed class CommandRulesTests(LiveImageFixture live) : IClassFixture<LiveImageFixture>, IDisposable
{
    private static readonly string[] s_writing = ["New", "Set", "Add", "Remove"];

    private readonly ModuleSession _session = new();

    private IEnumerable<CmdletInfo> Commands => _session.Run("(Get-Module RpiLive).ExportedCommands.Values").Output.Select(command => (CmdletInfo)command.BaseObject);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Verbs_are_approved_and_nouns_singular_with_the_prefix()
    {
        string[] approved =
        [
            .. typeof(VerbsCommon).Assembly.GetExportedTypes().Where(type => type.Name.StartsWith("Verbs", StringComparison.Ordinal))
                .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Select(field => (string)field.GetRawConstantValue()!),
        ];
        Assert.All(Commands, command =>
        {
            Assert.Contains(command.Verb, approved);
            Assert.StartsWith("Rpi", command.Noun, StringComparison.Ordinal);
            Assert.DoesNotMatch("s$", command.Noun);
            Assert.Equal($"{command.Verb}{command.Noun}Command", command.ImplementingType.Name);
        });
    }

    [Fact]
    public void Commands_say_what_they_emit_and_ask_before_they_write()
    {
        Assert.All(Commands, command =>
        {
            Assert.NotEmpty(command.OutputType);
            Assert.All(command.OutputType, type => Assert.True(type.Type.IsPublic));
            bool writes = s_writing.Contains(command.Verb);
            Assert.Equal(writes, command.Parameters.ContainsKey("WhatIf"));
            Assert.Equal(writes, command.Parameters.ContainsKey("Confirm"));
        });
    }

    [Theory]
    [InlineData("New-RpiLiveImage", "Path", "DestinationPath")]
    [InlineData("Get-RpiLiveImage", "Path")]
    [InlineData("Set-RpiLivePersistence", "Path", "Directory")]
    [InlineData("Remove-RpiLivePersistence", "Path", "Directory")]
    [InlineData("Add-RpiLiveZram", "Path")]
    [InlineData("Remove-RpiLiveZram", "Path")]
    [InlineData("Test-RpiLiveImage", "Path")]
    public void Few_parameters_have_a_place_and_it_is_no_surprise(string name, params string[] expected)
    {
        Assert.Equal(expected, Commands.Single(command => command.Name == name).ParameterSets.Single(set => set.Name == "Path").Parameters
            .Where(parameter => parameter.Position >= 0).OrderBy(parameter => parameter.Position).Select(parameter => parameter.Name));
    }

    [Fact]
    public void A_base_image_is_named_first_then_its_packages()
    {
        CmdletInfo command = Commands.Single(command => command.Name == "New-RpiBaseImage");
        Assert.Equal(["DestinationPath", "Package"], command.ParameterSets.Single().Parameters
            .Where(parameter => parameter.Position >= 0).OrderBy(parameter => parameter.Position).Select(parameter => parameter.Name));
        Assert.Equal(BaseSuite.All.Select(suite => suite.Codename), Offered("Suite"));
        Assert.Equal(BaseProfile.All.Select(profile => profile.Name), Offered("Profile"));

        IEnumerable<string> Offered(string parameter) => command.Parameters[parameter].Attributes.OfType<ValidateSetAttribute>().Single().ValidValues;
    }

    [Fact]
    public void Models_are_asked_for_by_name_first()
    {
        CmdletInfo command = Commands.Single(command => command.Name == "Get-RpiModel");
        Assert.Equal(0, command.ParameterSets.Single(set => set.IsDefault).Parameters.Single(parameter => parameter.Name == "Name").Position);
    }

    [Fact]
    public void Input_is_named_and_bound_alike_everywhere()
    {
        // A base image is made of nothing but packages.
        Assert.All(Commands.Where(command => command.Name != "New-RpiBaseImage"), command =>
        {
            Assert.Equal(["PSPath", "LP", "FullName"], command.Parameters["LiteralPath"].Aliases);
            Assert.Empty(command.Parameters["Path"].Aliases);
            Assert.Contains(command.Parameters["Path"].Attributes, attribute => attribute is SupportsWildcardsAttribute);
            Assert.Equal("LiteralPath", command.DefaultParameterSet);
            // Everything with a type that means bytes takes 512MB.
            Assert.All(command.Parameters.Values.Where(parameter => parameter.Name is "Size" or "MemoryLimit" or "Reserve"), size => Assert.Equal(typeof(long), size.ParameterType));
        });
    }

    [Fact]
    public void Every_enum_offers_its_values()
    {
        List<string> seen = [];
        foreach (CmdletInfo command in Commands)
        {
            foreach (ParameterMetadata parameter in command.Parameters.Values.Where(parameter => !PSCmdlet.CommonParameters.Contains(parameter.Name)))
            {
                Type type = parameter.ParameterType.GetElementType() ?? parameter.ParameterType;
                if (!type.IsEnum)
                    continue;
                seen.Add(parameter.Name);
                Assert.Equal(Enum.GetNames(type).Order(), _session.Complete($"{command.Name} -{parameter.Name} ").Order());
            }
        }
        Assert.Superset(new HashSet<string> { "RootMode", "OnLowMemory", "Compression", "Mode", "Preset", "Target", "OnMissing", "Category" }, seen.ToHashSet());
    }

    [Fact]
    public void Every_completer_offers_something_that_the_parameter_takes()
    {
        File.Copy(live.Path, Path.Join(_session.Folder, "live.img"));
        Assert.Empty(_session.Run("Set-RpiLivePersistence live.img /home -Target Usb -Label 'MY STICK' | Add-RpiLiveZram").Errors);
        int completers = 0;
        foreach (CmdletInfo command in Commands)
        {
            foreach (ParameterMetadata parameter in command.Parameters.Values.Where(parameter => parameter.Attributes.Any(attribute => attribute is ArgumentCompleterAttribute)))
            {
                completers++;
                string line = $"{command.Name} live.img -{parameter.Name} ";
                string[] offers = _session.Complete(line);
                Assert.NotEmpty(offers);
                // Each is one word that PowerShell binds; what the image cannot do with it is another matter.
                foreach (string offer in offers)
                    Assert.DoesNotContain(_session.Run($"{command.Name} missing.img -{parameter.Name} {offer} {(command.Name[..3] == "New" ? "-DestinationPath x.img" : "")}").ErrorIds, id => id.StartsWith("Parameter", StringComparison.Ordinal) && id != "ParametersDisagree" || id == "PositionalParameterNotFound");
            }
        }
        Assert.InRange(completers, 10, 100);
    }

    [Fact]
    public void Aliases_are_those_of_the_manifest()
    {
        Assert.Equal(
            _session.Run($"(Test-ModuleManifest '{Subjects.Module}').ExportedAliases.Keys").Texts,
            _session.Run("(Get-Module RpiLive).ExportedAliases.Keys").Texts);
    }
}
