using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using RpiLive.Validation;

namespace RpiLive.Completion;

/// <summary>Offers the block sizes as PowerShell writes them: 4KB, 8KB … 1MB.</summary>
internal sealed class BlockSizeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        for (int size = ValidateBlockSizeAttribute.Min; size <= ValidateBlockSizeAttribute.Max; size *= 2)
        {
            string text = size < 1 << 20
                ? string.Create(CultureInfo.InvariantCulture, $"{size >> 10}KB")
                : string.Create(CultureInfo.InvariantCulture, $"{size >> 20}MB");
            if (text.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase))
                yield return new CompletionResult(text);
        }
    }
}
