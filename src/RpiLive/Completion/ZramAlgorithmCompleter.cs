using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging;
using RpiLive.Core.Kernel;

namespace RpiLive.Completion;

/// <summary>Offers the algorithms that zram of every kernel of the image has; without an image at hand, all that zram ever had.</summary>
internal sealed class ZramAlgorithmCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        (OfImage(fakeBoundParameters["LiteralPath"] ?? fakeBoundParameters["Path"]) ?? ZramSupport.KnownAlgorithms)
            .Where(name => name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase)).Select(name => new CompletionResult(name));

    private static IEnumerable<string>? OfImage(object? bound)
    {
        if ((bound is object[] { Length: > 0 } several ? several[0] : bound) is not string path || !File.Exists(path))
            return null;
        try
        {
            return LiveImageFile.Open(path).Flavours.Select(flavour => (IEnumerable<string>)(flavour.ZramAlgorithms ?? [])).Aggregate(Enumerable.Intersect);
        }
        catch (ImageException)
        {
            return null;
        }
    }
}
