using System.Management.Automation;
using RpiLive.Commands;
using RpiLive.Core.Imaging;

namespace RpiLive.Tests.Module;

/// <summary>Get-RpiLiveImage with made-up content.</summary>
[Cmdlet(VerbsCommon.Get, "FakeImage", DefaultParameterSetName = "LiteralPath")]
public sealed class FakeOpenCommand : GetRpiLiveImageCommand
{
    internal override LiveImage Open(string path) => Samples.Image(path);
}
