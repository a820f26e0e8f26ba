using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RpiLive.Core.Imaging.Persistence;

namespace RpiLive.Completion;

/// <summary>Offers the labels that stores of the image have, and those of the drives that are plugged in.</summary>
internal sealed class VolumeLabelCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        ImagesOnLine.Open(fakeBoundParameters, commandAst).SelectMany(image => image.Stores).Select(store => store.Label).OfType<string>()
            .Concat(HostVolumes.Labels().Order(StringComparer.OrdinalIgnoreCase))
            .Distinct(StringComparer.Ordinal)
            .Where(label => Store.IsLabel(label) && label.StartsWith(Quoting.Unquote(wordToComplete), StringComparison.OrdinalIgnoreCase))
            .Select(label => Quoting.Offer(label));
}
