using System.Management.Automation;
using RpiLive.Commands;
using RpiLive.Core.Imaging;

namespace RpiLive.Tests.Module;

/// <summary>New-RpiLiveImage with the engine that the session's variable Build holds.</summary>
[Cmdlet(VerbsCommon.New, "FakeImage", DefaultParameterSetName = "LiteralPath", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
public sealed class FakeBuildCommand : NewRpiLiveImageCommand
{
    private Func<LiveImageOptions, IProgress<BuildProgress>, CancellationToken, LiveImage>? _build;

    protected override void BeginProcessing()
    {
        _build = (Func<LiveImageOptions, IProgress<BuildProgress>, CancellationToken, LiveImage>)SessionState.PSVariable.GetValue("Build");
        base.BeginProcessing();
    }

    internal override LiveImage Build(LiveImageOptions options, IProgress<BuildProgress> progress, CancellationToken cancellation) =>
        _build!(options, progress, cancellation);
}
