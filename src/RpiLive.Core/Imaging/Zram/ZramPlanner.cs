using System.Globalization;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Core.Imaging.Zram;

/// <summary>Works out how swap on zram changes in a live image, and refuses what its kernels cannot do. Writes nothing.</summary>
public static class ZramPlanner
{
    /// <summary>Plans zram.</summary>
    /// <exception cref="ImageException"><c>ZramExists</c>, <c>ZramUnsupported</c> or <c>ZramAlgorithmMissing</c>.</exception>
    public static EditPlan Plan(EditState state, ZramRequest request)
    {
        if (state.Settings.Zram is { } present && !request.Replace)
        {
            throw new ImageException(ErrorIds.ZramExists, ImageErrorKind.Request,
                $"{state.Image}: has swap on zram already ({Describe(present)}).", "Give -Force to replace it, or remove it first with Remove-RpiLiveZram.");
        }
        RequireSupport(state, request.Algorithm);
        ZramSettings defaults = new();
        ZramSettings zram = defaults with
        {
            Size = request.Size ?? defaults.Size,
            Algorithm = request.Algorithm,
            Priority = request.Priority ?? defaults.Priority,
            Limit = request.Limit,
            Swappiness = request.Swappiness ?? defaults.Swappiness,
            PageCluster = request.PageCluster ?? defaults.PageCluster,
        };
        return new EditPlan
        {
            Settings = state.Settings with { Zram = zram },
            Steps = zram == state.Settings.Zram ? [] : [(state.Settings.Zram is null ? "add swap on zram: " : "replace swap on zram by ") + Describe(zram)],
        };
    }

    /// <summary>Plans to have no zram.</summary>
    public static EditPlan PlanRemoval(EditState state) => new()
    {
        Settings = state.Settings with { Zram = null },
        Steps = state.Settings.Zram is { } present ? [$"remove swap on zram ({Describe(present)})"] : [],
    };

    private static void RequireSupport(EditState state, string? algorithm)
    {
        foreach (LiveFlavour flavour in state.Flavours)
        {
            if (flavour.ZramAlgorithms is null)
            {
                throw new ImageException(ErrorIds.ZramUnsupported, ImageErrorKind.Unsupported,
                    $"{state.Image}: was made by an earlier RpiLive, and its boot knows nothing of zram.", "Make the image again with New-RpiLiveImage.");
            }
            if (flavour.ZramAlgorithms.Count == 0)
            {
                throw new ImageException(ErrorIds.ZramUnsupported, ImageErrorKind.Unsupported,
                    $"{state.Image}: the kernel {flavour.Name} ({flavour.Release}) has no zram.", "Use an image whose kernels have it; those of Raspberry Pi OS and Debian do.");
            }
            if (algorithm is not null && !flavour.ZramAlgorithms.Contains(algorithm))
            {
                IEnumerable<string> common = state.Flavours.Select(each => each.ZramAlgorithms ?? []).Aggregate<IEnumerable<string>>(Enumerable.Intersect);
                throw new ImageException(ErrorIds.ZramAlgorithmMissing, ImageErrorKind.Request,
                    $"{state.Image}: zram of the kernel {flavour.Name} ({flavour.Release}) does not know {algorithm}.",
                    $"Choose one that every kernel of the image has: {string.Join(", ", common)}; or leave -Algorithm out.");
            }
        }
    }

    private static string Describe(ZramSettings zram) => string.Create(CultureInfo.InvariantCulture,
        $"{(zram.Size.IsPercent ? $"{zram.Size.Value} % of the RAM" : $"{zram.Size.Value} MiB")}, {zram.Algorithm ?? "the kernel's algorithm"}");
}
