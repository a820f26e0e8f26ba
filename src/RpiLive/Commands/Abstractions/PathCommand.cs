using System.Management.Automation;
using Microsoft.PowerShell.Commands;
using RpiLive.Building;
using RpiLive.Errors;

namespace RpiLive.Commands.Abstractions;

/// <summary>A cmdlet that takes paths of the session and writes objects about files.</summary>
public abstract class PathCommand : CancellableCommand
{
    /// <summary>The full path that <paramref name="path"/> means at the session's current location, whether it exists or not.</summary>
    /// <returns>Null when the path is not one of the file system; <paramref name="error"/> says why.</returns>
    private protected string? ResolveLiteral(string path, out ErrorRecord? error)
    {
        try
        {
            string full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            error = IsFileSystem(provider) ? null : CommandErrors.PathNotFileSystem(path, provider.Name);
            return error is null ? full : null;
        }
        catch (Exception cause) when (IsPathError(cause))
        {
            error = CommandErrors.PathInvalid(path, cause);
            return null;
        }
    }

    /// <summary>The full path of a file or folder of the host; ends the command where it is none or not there.</summary>
    private protected string ResolveExisting(string path, bool isFolder)
    {
        string? full = ResolveLiteral(path, out ErrorRecord? error);
        if (full is not null && !(isFolder ? Directory.Exists(full) : File.Exists(full)))
        {
            error = isFolder
                ? File.Exists(full) ? CommandErrors.PathNotFolder(path) : CommandErrors.FolderMissing(path)
                : Directory.Exists(full) ? CommandErrors.PathNotFile(path) : CommandErrors.PathNotFound(path, isPattern: false);
        }
        if (error is not null)
            ThrowTerminatingError(error);
        return full!;
    }

    /// <summary>The full path that <paramref name="path"/> means; ends the command where it means none.</summary>
    private protected string ResolveOrThrow(string path)
    {
        string? full = ResolveLiteral(path, out ErrorRecord? error);
        if (error is not null)
            ThrowTerminatingError(error);
        return full!;
    }

    /// <summary>Emits what is about a file with the note that lets it go on to another cmdlet, to Get-Item, Remove-Item and the like.</summary>
    private protected void WriteWithPath(object value, string path)
    {
        PSObject output = new(value);
        output.Properties.Add(new PSNoteProperty("PSPath", @"Microsoft.PowerShell.Core\FileSystem::" + path));
        WriteObject(output);
    }

    /// <summary>Does work that reports to a meter, and shows its steps, facts and progress.</summary>
    /// <param name="meter">What the work reports to.</param>
    /// <param name="work">The work, on a thread of its own.</param>
    /// <param name="summarize">Tells of the result, before the progress bar goes.</param>
    private protected TResult RunMetered<TStage, TResult>(StageMeter<TStage> meter, Func<CancellationToken, TResult> work, Action<TResult> summarize)
        where TStage : struct, Enum
    {
        try
        {
            TResult result = RunPumped(work, () =>
            {
                WriteSteps(meter);
                if (meter.Current() is { } record)
                    WriteProgress(record);
            });
            WriteSteps(meter);
            summarize(result);
            return result;
        }
        finally
        {
            // A stopped pipeline takes no more records; its progress bars are gone already.
            if (!Stopping)
            {
                WriteSteps(meter);
                WriteProgress(meter.Completed());
            }
        }
    }

    private protected static bool IsFileSystem(ProviderInfo provider) => provider.ImplementingType == typeof(FileSystemProvider);

    private protected static bool IsPathError(Exception cause) => cause
        is SessionStateException or ProviderInvocationException or PSNotSupportedException or PSArgumentException or PSInvalidOperationException
        or ArgumentException or NotSupportedException or IOException or UnauthorizedAccessException;

    private void WriteSteps<TStage>(StageMeter<TStage> meter)
        where TStage : struct, Enum
    {
        foreach (string step in meter.TakeSteps())
            WriteStep(step);
        foreach (string fact in meter.TakeFacts())
            WriteDebug(fact);
    }
}
