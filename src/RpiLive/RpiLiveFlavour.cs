using RpiLive.Core.Imaging;

namespace RpiLive;

/// <summary>One kernel of a live image. Its text is its name.</summary>
public sealed class RpiLiveFlavour
{
    internal RpiLiveFlavour(LiveFlavour flavour)
    {
        Name = flavour.Name;
        Release = flavour.Release;
        Kernel = flavour.Kernel;
        Initramfs = flavour.Initramfs;
        Models = flavour.Models.ToArray();
        ZramAlgorithms = flavour.ZramAlgorithms?.ToArray() ?? [];
    }

    /// <summary>Flavour: v6, v7, v7l, v8, 2712, arm64 …</summary>
    public string Name { get; }

    /// <summary>Kernel release as <c>uname -r</c> says it.</summary>
    public string Release { get; }

    /// <summary>Kernel file on the boot volume.</summary>
    public string Kernel { get; }

    /// <summary>Initramfs file on the boot volume.</summary>
    public string Initramfs { get; }

    /// <summary>The Pi models that load this kernel from this image.</summary>
    public IReadOnlyList<string> Models { get; }

    /// <summary>What its zram compresses by; none where it has no zram.</summary>
    public IReadOnlyList<string> ZramAlgorithms { get; }

    /// <summary>The name of the flavour.</summary>
    public override string ToString() => Name;
}
