using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Facts;
using static System.FormattableString;

namespace RpiLive.Core.Testing.Fit;

/// <summary>Whether the live root fits in the RAM of the boards that the image is for.</summary>
internal static class FitChecks
{
    /// <summary>Makes the checks.</summary>
    public static void Run(TestedImage image, ImageTestOptions options, CheckLog log)
    {
        if (image.Image is not { } live)
        {
            log.Skip(CheckKinds.RamFit, image.Boot is null ? Reasons.NoBootVolume : image.Document is null ? Reasons.NoDocument : Reasons.NoSettings);
            return;
        }
        foreach (IGrouping<PiModel, ModelFit> fits in ModelFits.Of(live).GroupBy(fit => fit.Model))
        {
            List<int> required = [.. options.Models.Where(model => model.Model == fits.Key).Select(model => model.MemoryMiB)];
            if (required.Count == 0 && fits.All(fit => fit.Fit == MemoryFit.NoKernel))
                log.Skip(CheckKinds.RamFit, "The image has no kernel for it.", fits.Key.Name);
            else
                log.Run(CheckKinds.RamFit, fits.Key.Name, findings => Check(live, [.. fits], required, findings));
        }
    }

    private static string Check(LiveImage image, List<ModelFit> fits, List<int> required, Findings findings)
    {
        foreach (ModelFit fit in fits.Where(fit => required.Contains(fit.MemoryMiB)))
        {
            string board = $"{fit.Model.Name} with {ModelRequirement.FormatMemory(fit.MemoryMiB)}";
            switch (fit.Fit)
            {
                case MemoryFit.NoKernel:
                    findings.Fail($"The image has no kernel for the {board}.", "Use a stock image for this model.");
                    break;
                case MemoryFit.DoesNotFit:
                    findings.Fail(Invariant($"The image does not start on a {board}: {fit.AvailableMiB:N0} MiB are available there, and {fit.NeededMiB:N0} are needed."), Remedy);
                    break;
                case MemoryFit.Medium when image.RootMode != RootMode.Medium:
                    findings.Fail(Invariant($"The root does not fit in the RAM of a {board} and would run from the medium: {fit.AvailableMiB:N0} MiB are available there, and {fit.NeededMiB:N0} are needed."), Remedy);
                    break;
            }
        }
        if (required.Count == 0 && fits.All(fit => fit.Fit is not (MemoryFit.Ram or MemoryFit.NoKernel)) && image.RootMode != RootMode.Medium)
        {
            findings.Warn(fits.Any(fit => fit.Fit == MemoryFit.Medium)
                ? Invariant($"The root runs from the medium, which must stay in: {fits[^1].NeededMiB:N0} MiB are needed to run it from RAM, and {fits[^1].AvailableMiB:N0} are available.")
                : Invariant($"The image does not start on it: {fits[^1].NeededMiB:N0} MiB are needed, and {fits[^1].AvailableMiB:N0} are available."), Remedy);
        }
        return string.Join("; ", fits.Select(fit => $"{ModelRequirement.FormatMemory(fit.MemoryMiB)}: {Describe(fit)}")) + ".";
    }

    private const string Remedy = "Take packages out of the stock image, set a smaller -Reserve, or use boards with more RAM.";

    private static string Describe(ModelFit fit) => fit.Fit switch
    {
        MemoryFit.Ram => Invariant($"in RAM, {fit.FreeMiB:N0} MiB free"),
        MemoryFit.Medium => Invariant($"from the medium, {fit.FreeMiB:N0} MiB free"),
        MemoryFit.NoKernel => "no kernel",
        _ => "does not start",
    };
}
