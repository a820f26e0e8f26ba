using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RpiLive.Core.Imaging.Facts;

namespace RpiLive.Completion;

/// <summary>Offers the names of the Raspberry Pi models.</summary>
internal sealed class PiModelCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = Quoting.Unquote(wordToComplete);
        return PiModels.All.Select(model => model.Name).Where(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(name => Quoting.Offer(name));
    }
}
