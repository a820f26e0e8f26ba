using System.Management.Automation;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging;
using RpiLive.Errors;
using RpiLive.Validation;

namespace RpiLive.Commands.Abstractions;

/// <summary>
/// A cmdlet whose input is image files: by wildcard, by literal path, by pipeline. The default parameter set is LiteralPath, so that
/// an object with both PSPath and Path, as RpiLive's own, binds by the former and brackets in its name mean themselves.
/// </summary>
public abstract class ImagePathCommand : PathCommand
{
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";

    /// <summary>Image files; wildcards are expanded.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [NotByText]
    public string[] Path { get; set; } = [];

    /// <summary>Image files; every character means itself.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "LP", "FullName")]
    public virtual string[] LiteralPath { get; set; } = [];

    /// <summary>The full paths of the files that the bound parameter names; an error is written for every name without a file.</summary>
    private protected List<string> ResolveInput()
    {
        List<string> files = [];
        if (ParameterSetName == LiteralPathSet)
        {
            foreach (string path in LiteralPath)
                AddFile(files, path);
        }
        else
        {
            foreach (string path in Path)
                AddMatches(files, path);
        }
        return files;
    }

    /// <summary>Makes or opens one image; what goes wrong becomes an error record, so that the next file has its turn.</summary>
    /// <returns>Null when an error was written, or the user did not want it.</returns>
    private protected RpiLiveImage? TryImage(string source, string? destination, Func<LiveImage?> work)
    {
        try
        {
            return work() is { } image ? new RpiLiveImage(image) : null;
        }
        catch (ImageException error)
        {
            WriteError(CommandErrors.FromEngine(error, source, destination));
        }
        catch (Exception error) when (error is not (RuntimeException or FlowControlException))
        {
            WriteError(CommandErrors.Unexpected(error, source));
        }
        return null;
    }

    /// <summary>Emits the image.</summary>
    private protected void WriteImage(RpiLiveImage image) => WriteWithPath(image, image.Path);

    private void AddMatches(List<string> files, string pattern)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(pattern))
        {
            AddFile(files, WildcardPattern.Unescape(pattern));
            return;
        }
        try
        {
            IEnumerable<string> matches = SessionState.Path.GetResolvedProviderPathFromPSPath(pattern, out ProviderInfo provider);
            if (!IsFileSystem(provider))
            {
                WriteError(CommandErrors.PathNotFileSystem(pattern, provider.Name));
                return;
            }
            int before = files.Count;
            files.AddRange(matches.Where(File.Exists));
            if (files.Count == before)
                WriteError(CommandErrors.PathNotFound(pattern, isPattern: true));
        }
        catch (ItemNotFoundException)
        {
            WriteError(CommandErrors.PathNotFound(pattern, isPattern: true));
        }
        catch (Exception cause) when (IsPathError(cause))
        {
            WriteError(CommandErrors.PathInvalid(pattern, cause));
        }
    }

    private void AddFile(List<string> files, string path)
    {
        string? full = ResolveLiteral(path, out ErrorRecord? error);
        if (full is not null)
        {
            if (File.Exists(full))
                files.Add(full);
            else
                error = Directory.Exists(full) ? CommandErrors.PathNotFile(path) : CommandErrors.PathNotFound(path, isPattern: false);
        }
        if (error is not null)
            WriteError(error);
    }
}
