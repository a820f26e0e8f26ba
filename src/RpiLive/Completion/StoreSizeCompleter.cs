using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace RpiLive.Completion;

/// <summary>Offers usual sizes of stores as PowerShell writes them.</summary>
internal sealed class StoreSizeCompleter : IArgumentCompleter
{
    private static readonly string[] s_sizes = ["64MB", "128MB", "256MB", "512MB", "1GB", "2GB", "4GB", "8GB", "16GB"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        s_sizes.Where(size => size.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase)).Select(size => new CompletionResult(size));
}
