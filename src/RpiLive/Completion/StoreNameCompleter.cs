using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace RpiLive.Completion;

/// <summary>Offers the names of the stores that the image has.</summary>
internal sealed class StoreNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        ImagesOnLine.Open(fakeBoundParameters, commandAst).SelectMany(image => image.Stores).DistinctBy(store => store.Name)
            .Where(store => store.Name.StartsWith(Quoting.Unquote(wordToComplete), StringComparison.OrdinalIgnoreCase))
            .Select(store => Quoting.Offer(store.Name, $"{store.Name}: {store.Target} {store.Label ?? store.Uuid}".TrimEnd()));
}
