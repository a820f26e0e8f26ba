using System.Globalization;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Core.Imaging;

/// <summary>Which boards an image fits.</summary>
public static class ModelFits
{
    private const int MiB = 1 << 20;

    /// <summary>Every model with every RAM that it was sold with, oldest first.</summary>
    public static IReadOnlyList<ModelFit> Of(LiveImage image) =>
        [.. from model in PiModels.All from memory in model.MemoryMiB select Of(image, model, memory)];

    /// <summary>What the user should know when an image was made: that no board runs it, or none runs it from RAM.</summary>
    internal static IEnumerable<string> Warnings(IReadOnlyList<LiveFlavour> flavours, long rootLength, LiveSettings settings)
    {
        if (settings.Root == RootMode.Medium)
            yield break;
        List<MemoryFit> fits = [.. from model in PiModels.All where FlavourOf(flavours, model) is not null from memory in model.MemoryMiB
            select MemoryBudget.Fit(memory, model.Soc, rootLength, settings.Reserve, settings.Root, settings.OnLowMemory == OnLowMemory.Medium)];
        if (fits.Count == 0 || fits.Contains(MemoryFit.Ram))
            yield break;
        string need = string.Create(CultureInfo.InvariantCulture, $"it takes a board with {MemoryBudget.RequiredMemory(rootLength, settings.Reserve) / MiB:N0} MiB");
        yield return fits.Contains(MemoryFit.Medium)
            ? $"The root fits in the RAM of no Raspberry Pi that the image has a kernel for ({need}): it will run from the medium, which must stay in."
            : $"The root fits in the RAM of no Raspberry Pi that the image has a kernel for ({need}), and may not run from the medium: it will not start.";
    }

    private static ModelFit Of(LiveImage image, PiModel model, int memory)
    {
        string? flavour = FlavourOf(image.Flavours, model);
        MemoryFit fit = flavour is null
            ? MemoryFit.NoKernel
            : MemoryBudget.Fit(memory, model.Soc, image.RootLength, image.Reserve, image.RootMode, image.OnLowMemory == OnLowMemory.Medium);
        int? free = fit is MemoryFit.Ram or MemoryFit.Medium
            ? Math.Max(0, MemoryBudget.FreeAfterBoot(memory, model.Soc, fit == MemoryFit.Ram ? image.RootLength : 0, image.BaseUse))
            : null;
        return new(model, memory, flavour, fit, MemoryBudget.AvailableAtStart(memory, model.Soc), (int)((image.RootLength + MiB - 1) / MiB) + image.Reserve, free);
    }

    private static string? FlavourOf(IReadOnlyList<LiveFlavour> flavours, PiModel model) =>
        flavours.FirstOrDefault(flavour => flavour.Models.Contains(model.Name))?.Name;
}
