namespace RpiLive.Core.Imaging.Facts;

/// <summary>One model of Raspberry Pi.</summary>
/// <param name="Name">Short name, such as <c>Pi 3B</c> or <c>Pi Zero 2 W</c>.</param>
/// <param name="Soc">The chip, which decides what kernels it can start.</param>
/// <param name="MemoryMiB">The sizes of RAM that it was sold with, in MiB, ascending.</param>
/// <param name="ConfigFilters">The model filters of config.txt that match it, without brackets (conditional.adoc).</param>
/// <param name="DeviceTrees">The device trees for it, without ending: the firmware's name first, then those of mainline kernels.</param>
public sealed record PiModel(string Name, SocFamily Soc, IReadOnlyList<int> MemoryMiB, IReadOnlyList<string> ConfigFilters, IReadOnlyList<string> DeviceTrees)
{
    /// <summary>The 64-bit kernel files that its firmware looks for, best first; empty for a 32-bit board (boot.adoc).</summary>
    public IReadOnlyList<string> Kernels64 => Soc switch
    {
        SocFamily.Bcm2837 or SocFamily.Bcm2711 => ["kernel8.img"],
        SocFamily.Bcm2712 => ["kernel_2712.img", "kernel8.img"],
        _ => [],
    };

    /// <summary>The 32-bit kernel files that its firmware looks for; empty for a board that starts 64-bit kernels only (boot.adoc).</summary>
    public IReadOnlyList<string> Kernels32 => Soc switch
    {
        SocFamily.Bcm2835 => ["kernel.img"],
        SocFamily.Bcm2836 or SocFamily.Bcm2837 => ["kernel7.img"],
        SocFamily.Bcm2711 => ["kernel7l.img"],
        _ => [],
    };

    /// <summary>What the firmware of this board takes <c>arm_64bit</c> for when config.txt does not set it (boot.adoc).</summary>
    public bool StartsArm64ByDefault => Soc is SocFamily.Bcm2711 or SocFamily.Bcm2712;
}
