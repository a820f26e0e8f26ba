using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RpiLive.Core.Kernel;

namespace RpiLive.Completion;

/// <summary>Offers the algorithms that zram of every kernel of the image has; without an image at hand, all that zram ever had.</summary>
internal sealed class ZramAlgorithmCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        (OfImages(fakeBoundParameters, commandAst) ?? ZramSupport.KnownAlgorithms)
            .Where(name => name.StartsWith(Quoting.Unquote(wordToComplete), StringComparison.OrdinalIgnoreCase)).Select(name => Quoting.Offer(name));

    /// <summary>What all kernels of all images on the line have; null where none can be opened.</summary>
    private static IEnumerable<string>? OfImages(IDictionary bound, CommandAst command)
    {
        List<IEnumerable<string>> kernels = [.. ImagesOnLine.Open(bound, command).SelectMany(image => image.Flavours).Select(flavour => flavour.ZramAlgorithms)];
        return kernels.Count == 0 ? null : kernels.Aggregate(Enumerable.Intersect);
    }
}
