using RpiLive.Core.Imaging.Base;

namespace RpiLive.Building;

/// <summary>The meter of a base image.</summary>
internal sealed class BaseMeter(string activity, TimeProvider clock) : StageMeter<BaseStage>(activity, clock), IProgress<BaseProgress>
{
    /// <inheritdoc/>
    public void Report(BaseProgress value) => Report(value.Stage, value.BytesDone, value.BytesTotal);

    protected override string TextOf(BaseStage stage) => stage switch
    {
        BaseStage.Indexes => "Reading the indexes of the mirror",
        BaseStage.Packages => "Fetching packages",
        BaseStage.Unpacking => "Unpacking packages",
        BaseStage.Root => "Putting the root together",
        BaseStage.BootFiles => "Making the boot files",
        _ => "Writing the image",
    };

    protected override bool TellsRemaining(BaseStage stage) => stage is BaseStage.Packages or BaseStage.Unpacking;

    protected override (double From, double To) ShareOf(BaseStage stage) => stage switch
    {
        BaseStage.Indexes => (0, 10),
        BaseStage.Packages => (10, 50),
        BaseStage.Unpacking => (50, 80),
        BaseStage.Root => (80, 85),
        BaseStage.BootFiles => (85, 92),
        _ => (92, 100),
    };
}
