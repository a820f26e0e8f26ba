using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RpiLive.Core.Imaging.Persistence;

namespace RpiLive.Completion;

/// <summary>Offers the directories that people keep most: those of the presets, and a few more.</summary>
internal sealed class KeepDirectoryCompleter : IArgumentCompleter
{
    private static readonly string[] s_directories =
        [.. Enum.GetValues<KeepPreset>().SelectMany(KeepPresets.Directories).Append("/opt").Append("/srv").Append("/usr/local").Append("/var/lib").Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        s_directories.Where(directory => directory.StartsWith(wordToComplete, StringComparison.Ordinal)).Select(directory => new CompletionResult(directory));
}
