using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Persistence;
using RpiLive.Core.SquashFs;
using RpiLive.Isolation;

namespace RpiLive.Completion;

/// <summary>
/// Offers directories of the image's own root, a level at a time; for Remove-RpiLivePersistence those that are kept. Without an image at hand:
/// the directories that people keep most.
/// </summary>
internal sealed class KeepDirectoryCompleter : IArgumentCompleter
{
    private static readonly string[] s_usual =
        [.. Enum.GetValues<KeepPreset>().SelectMany(KeepPresets.Directories).Append("/opt").Append("/srv").Append("/usr/local").Append("/var/lib").Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = Quoting.Unquote(wordToComplete);
        IReadOnlyList<RpiLiveImage> images = ImagesOnLine.Open(fakeBoundParameters, commandAst);
        IEnumerable<string> directories = images.Count == 0 ? s_usual
            : commandName.StartsWith("Remove-", StringComparison.OrdinalIgnoreCase) ? images.SelectMany(image => image.KeepRules).Select(rule => rule.Directory).Distinct()
            : images.SelectMany(image => InRoot(image.Path, typed)).Distinct();
        return directories.Where(directory => directory.StartsWith(typed, StringComparison.Ordinal))
            .Select(directory => Quoting.Offer(directory));
    }

    /// <summary>The directories beside what is typed: those in the directory that its last slash ends.</summary>
    private static IEnumerable<string> InRoot(string path, string typed)
    {
        string folder = typed[..(typed.LastIndexOf('/') + 1)];
        try
        {
            using LiveImageReader reader = LiveImageReader.Open(path);
            using SquashFsVolume root = LiveRoot.Open(reader.RootFileSystem, CodecLoader.Create());
            return [.. root.SubdirectoriesOf(folder).Select(name => (folder.Length == 0 ? "/" : folder) + name)];
        }
        catch (ImageException)
        {
            return [];
        }
    }
}
