namespace RpiLive.Core.Kernel;

/// <summary>A kernel name that the firmware looks for by itself, with the endings that releases of that flavour have.</summary>
/// <param name="File">Name on the boot volume.</param>
/// <param name="Flavour">Flavour of the kernel.</param>
/// <param name="Architecture">What it is built for.</param>
/// <param name="Endings">Endings of its release: of the packages since Bookworm, then of those before.</param>
internal sealed record KernelFileName(string File, string Flavour, KernelArchitecture Architecture, IReadOnlyList<string> Endings)
{
    /// <summary>All of them, oldest boards first.</summary>
    public static IReadOnlyList<KernelFileName> All { get; } =
    [
        new("kernel.img", "v6", KernelArchitecture.Arm, ["-rpi-v6", "+"]),
        new("kernel7.img", "v7", KernelArchitecture.Arm, ["-rpi-v7", "-v7+"]),
        new("kernel7l.img", "v7l", KernelArchitecture.Arm, ["-rpi-v7l", "-v7l+"]),
        new("kernel8.img", "v8", KernelArchitecture.Arm64, ["-rpi-v8", "-v8+"]),
        new("kernel_2712.img", "2712", KernelArchitecture.Arm64, ["-rpi-2712", "-v8-16k+"]),
    ];

    /// <summary>The entry for a file name, or null.</summary>
    public static KernelFileName? Find(string file) => All.FirstOrDefault(known => known.File.Equals(file, StringComparison.OrdinalIgnoreCase));

    /// <summary>True when a release is of this flavour.</summary>
    public bool Matches(string release) => Endings.Any(ending => release.EndsWith(ending, StringComparison.Ordinal)
        && (ending != "+" || !release.Contains('-', StringComparison.Ordinal)));
}
