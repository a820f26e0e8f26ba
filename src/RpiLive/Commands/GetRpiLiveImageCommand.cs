using System.Management.Automation;
using RpiLive.Commands.Abstractions;
using RpiLive.Core.Imaging;

namespace RpiLive.Commands;

/// <summary>Opens live image files and emits what they say of themselves.</summary>
[Cmdlet(VerbsCommon.Get, "RpiLiveImage", DefaultParameterSetName = LiteralPathSet)]
[OutputType(typeof(RpiLiveImage))]
public class GetRpiLiveImageCommand : ImagePathCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string file in ResolveInput())
        {
            WriteStep($"Reading {file}.");
            if (TryImage(file, destination: null, () => Open(file)) is not { } image)
                continue;
            // First, since a warning may be made to end the command, and -Debug has PowerShell ask at each.
            WriteImage(image);
            foreach (string damage in image.Damage)
                WriteWarning($"Damaged: {damage} Test-RpiLiveImage tells all of it.");
        }
    }

    /// <summary>Reads one file, as far as it can be read.</summary>
    internal virtual LiveImage Open(string path) => LiveImageFile.OpenDamaged(path);
}
