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
            if (TryImage(file, destination: null, () => Open(file)) is { } image)
                WriteImage(image);
        }
    }

    /// <summary>Reads one file.</summary>
    internal virtual LiveImage Open(string path) => LiveImageFile.Open(path);
}
