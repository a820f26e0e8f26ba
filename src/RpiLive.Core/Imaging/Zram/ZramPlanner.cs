using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Core.Imaging.Zram;

/// <summary>Works out how swap on zram changes in a live image, and refuses what its kernels cannot do. Writes nothing.</summary>
public static class ZramPlanner
{
    /// <summary>Plans zram.</summary>
    /// <param name="state">The image as it is.</param>
    /// <param name="zram">What is asked for.</param>
    /// <param name="replace">Whether it may take the place of zram that is set up already.</param>
    /// <exception cref="ImageException"><c>ZramExists</c>, <c>ZramUnsupported</c> or <c>ZramAlgorithmMissing</c>.</exception>
    public static EditPlan Plan(EditState state, ZramSettings zram, bool replace)
    {
        if (state.Settings.Zram is { } present && !replace)
        {
            throw new ImageException(ErrorIds.ZramExists, ImageErrorKind.Request,
                $"{state.Image}: has swap on zram already ({present}).", "Give -Force to replace it, or remove it first with Remove-RpiLiveZram.");
        }
        RequireSupport(state, zram.Algorithm);
        return new EditPlan
        {
            Settings = state.Settings with { Zram = zram },
            Steps = zram == state.Settings.Zram ? [] : [(state.Settings.Zram is null ? "add swap on zram: " : "replace swap on zram by ") + zram],
        };
    }

    /// <summary>Plans to have no zram.</summary>
    public static EditPlan PlanRemoval(EditState state) => new()
    {
        Settings = state.Settings with { Zram = null },
        Steps = state.Settings.Zram is { } present ? [$"remove swap on zram ({present})"] : [],
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
}
