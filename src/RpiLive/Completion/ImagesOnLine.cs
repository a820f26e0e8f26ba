using System.Collections;
using System.Management.Automation;

namespace RpiLive.Completion;

/// <summary>The live images that a command line names.</summary>
internal static class ImagesOnLine
{
    /// <summary>Opens them, as far as they can be; none where the line names none.</summary>
    /// <param name="bound">The parameters so far.</param>
    public static IReadOnlyList<RpiLiveImage> Open(IDictionary bound)
    {
        if (((string[])["LiteralPath", "Path"]).FirstOrDefault(bound.Contains) is not { } parameter)
            return [];
        // In the session, which knows where a relative path begins.
        using PowerShell command = PowerShell.Create(RunspaceMode.CurrentRunspace);
        command.AddCommand("Get-RpiLiveImage").AddParameter(parameter, bound[parameter])
            .AddParameter("ErrorAction", ActionPreference.Ignore).AddParameter("WarningAction", ActionPreference.Ignore);
        return [.. command.Invoke().Select(image => image.BaseObject).OfType<RpiLiveImage>()];
    }
}
