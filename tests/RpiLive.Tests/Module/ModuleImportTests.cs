using System.Management.Automation;

namespace RpiLive.Tests.Module;

public sealed class ModuleImportTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void The_staged_module_exports_its_cmdlets_and_nothing_else()
    {
        ModuleResult result = _session.Run("(Get-Module RpiLive).ExportedCommands.Values | ForEach-Object { \"$($_.CommandType) $($_.Name)\" }");
        Assert.Equal(
            [
                "Cmdlet Add-RpiLiveZram", "Cmdlet Get-RpiLiveImage", "Cmdlet Get-RpiModel", "Cmdlet New-RpiBaseImage", "Cmdlet New-RpiLiveImage", "Cmdlet Remove-RpiLivePersistence",
                "Cmdlet Remove-RpiLiveZram", "Cmdlet Set-RpiLivePersistence", "Cmdlet Test-RpiLiveImage",
            ], result.Texts.Order());
    }

    [Fact]
    public void The_manifest_is_valid_and_its_version_is_the_folder_and_the_assembly()
    {
        ModuleResult result = _session.Run($"(Test-ModuleManifest '{Subjects.Module}').Version");
        Assert.Empty(result.Errors);
        Version version = (Version)result.Output.Single().BaseObject;
        Assert.Equal(Path.GetFileName(Path.GetDirectoryName(Subjects.Module)), version.ToString());
        Assert.Equal(version, Version.Parse(typeof(RpiLiveImage).Assembly.GetName().Version!.ToString(3)));
    }

    [Fact]
    public void The_module_has_no_dependency_beside_its_own_assemblies_and_none_of_powershell_in_it()
    {
        string folder = Path.GetDirectoryName(Subjects.Module)!;
        Assert.Equal(["RpiLive.Core.dll", "RpiLive.dll"], Names(folder));
        Assert.Equal(["BouncyCastle.Cryptography.dll", "RpiLive.Codecs.dll", "ZstdNet.dll", "ZstdSharp.dll"], Names(Path.Join(folder, "dependencies")));

        static IEnumerable<string?> Names(string folder) => Directory.GetFiles(folder, "*.dll").Select(Path.GetFileName).Order(StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("Path", "String[]", true, true)]
    [InlineData("LiteralPath", "String[]", false, true)]
    public void The_input_parameters_bind_from_the_pipeline(string name, string type, bool byValue, bool byName)
    {
        foreach (string command in new[] { "New-RpiLiveImage", "Get-RpiLiveImage", "Set-RpiLivePersistence", "Remove-RpiLivePersistence", "Add-RpiLiveZram", "Remove-RpiLiveZram" })
        {
            ParameterMetadata parameter = Parameters(command)[name];
            ParameterSetMetadata set = parameter.ParameterSets[name];
            Assert.Equal(type, parameter.ParameterType.Name);
            Assert.True(set.IsMandatory);
            Assert.Equal(byValue, set.ValueFromPipeline);
            Assert.Equal(byName, set.ValueFromPipelineByPropertyName);
        }
        Assert.Equal(["PSPath", "LP", "FullName"], Parameters("Get-RpiLiveImage")["LiteralPath"].Aliases);
    }

    [Fact]
    public void New_declares_what_it_does_and_emits()
    {
        CommandInfo command = (CommandInfo)_session.Run("Get-Command New-RpiLiveImage").Output.Single().BaseObject;
        Assert.Equal("RpiLive.RpiLiveImage", command.OutputType.Single().Name);
        Assert.Contains("WhatIf", command.Parameters.Keys);
        Assert.Contains("Confirm", command.Parameters.Keys);
        Assert.True(command.Parameters["DestinationPath"].ParameterSets.Values.Single().IsMandatory);
    }

    [Fact]
    public void Block_sizes_are_completed()
    {
        ModuleResult result = _session.Run(
            "$line = 'New-RpiLiveImage a b -BlockSize 1'; [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText");
        Assert.Equal(["16KB", "128KB", "1MB"], result.Texts);
    }

    [Fact]
    public void Importing_twice_and_removing_leaves_a_working_module()
    {
        ModuleResult result = _session.Run($"""
            Import-Module '{Subjects.Module}' -Force
            Remove-Module RpiLive
            Import-Module '{Subjects.Module}'
            New-RpiLiveImage missing.img live.img
            """);
        Assert.Equal(["PathNotFound"], result.ErrorIds);
    }

    [Fact]
    public void Every_parameter_validation_error_says_what_is_allowed()
    {
        _session.File("a.img");
        foreach (string size in new[] { "0", "4095", "3000", "2MB", "-4096", "131073" })
        {
            ErrorRecord error = _session.Run($"New-RpiLiveImage a.img b.img -BlockSize ({size})").Errors.Single();
            Assert.Equal("ParameterArgumentValidationError,RpiLive.Commands.NewRpiLiveImageCommand", error.FullyQualifiedErrorId);
            Assert.Contains("power of two from 4KB to 1MB", error.Exception.Message, StringComparison.Ordinal);
        }
        foreach (string arguments in new[] { "-CompressionLevel 0", "-CompressionLevel 23", "-ThrottleLimit -1", "-Path ''", "-BusyBoxPath ''", "-ExpectedHash 12", "-ScratchPath ''" })
        {
            string path = arguments.StartsWith("-Path", StringComparison.Ordinal) ? "" : "-Path a.img ";
            Assert.StartsWith("ParameterArgumentValidationError", _session.Run($"New-RpiLiveImage {path}-DestinationPath b.img {arguments}").ErrorIds.Single(), StringComparison.Ordinal);
        }
    }

    private Dictionary<string, ParameterMetadata> Parameters(string command) =>
        ((CommandInfo)_session.Run($"Get-Command {command}").Output.Single().BaseObject).Parameters;
}
