using RpiLive.Core.Imaging;

namespace RpiLive.Building;

/// <summary>The meter of a live image.</summary>
internal sealed class BuildMeter(string activity, TimeProvider clock) : StageMeter<BuildStage>(activity, clock), IProgress<BuildProgress>
{
    private bool _unpacks;

    /// <inheritdoc/>
    public void Report(BuildProgress value)
    {
        // Comes before all other steps, or not at all.
        if (value.Stage == BuildStage.Unpacking)
            _unpacks = true;
        Report(value.Stage, value.BytesDone, value.BytesTotal);
    }

    protected override string TextOf(BuildStage stage) => stage switch
    {
        BuildStage.Unpacking => "Unpacking the stock image",
        BuildStage.Reading => "Reading the stock image",
        BuildStage.BootFiles => "Making the boot files",
        BuildStage.Root => "Compressing the root",
        _ => "Finishing the boot volume",
    };

    protected override bool TellsRemaining(BuildStage stage) => stage is BuildStage.Unpacking or >= BuildStage.Root;

    /// <summary>Compressing is by far the longest.</summary>
    protected override (double From, double To) ShareOf(BuildStage stage)
    {
        const double UnpackingShare = 20;
        if (stage == BuildStage.Unpacking)
            return (0, UnpackingShare);
        (double from, double to) = stage switch
        {
            BuildStage.Reading => (0, 2),
            BuildStage.BootFiles => (2, 10),
            BuildStage.Root => (10, 96),
            _ => (96, 100),
        };
        double start = _unpacks ? UnpackingShare : 0, scale = (100 - start) / 100;
        return (start + from * scale, start + to * scale);
    }
}
