namespace RpiLive.Core.Imaging;

/// <summary>One kernel of a live image.</summary>
/// <param name="Name">Flavour: v6, v7, v7l, v8, 2712, arm64 …</param>
/// <param name="Release">Kernel release as <c>uname -r</c> says it.</param>
/// <param name="Kernel">Kernel file on the boot volume.</param>
/// <param name="Initramfs">Initramfs file on the boot volume.</param>
/// <param name="Models">The Pi models that load this kernel from this image.</param>
public sealed record LiveFlavour(string Name, string Release, string Kernel, string Initramfs, IReadOnlyList<string> Models)
{
    /// <summary>What its zram compresses by, none where it has no zram; null in images made before this was looked at.</summary>
    public IReadOnlyList<string>? ZramAlgorithms { get; init; }
}
