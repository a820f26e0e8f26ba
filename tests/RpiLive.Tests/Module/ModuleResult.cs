using System.Management.Automation;

namespace RpiLive.Tests.Module;

/// <summary>Everything that a script wrote.</summary>
internal sealed record ModuleResult(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose,
    IReadOnlyList<ProgressRecord> Progress)
{
    /// <summary>The ids of the errors, without the class of the command.</summary>
    public IEnumerable<string> ErrorIds => Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]);

    /// <summary>The texts of the output objects.</summary>
    public IEnumerable<string> Texts => Output.Select(value => value.ToString());
}
