namespace RpiLive.Core.Imaging.Facts;

/// <summary>The known models of Raspberry Pi (revision-codes.adoc, boot.adoc and conditional.adoc of raspberrypi/documentation).</summary>
public static class PiModels
{
    /// <summary>All models, oldest first.</summary>
    public static IReadOnlyList<PiModel> All { get; } =
    [
        new("Pi A", SocFamily.Bcm2835, [256], ["pi1"], ["bcm2708-rpi-b", "bcm2708-rpi-b-rev1", "bcm2835-rpi-a"]),
        new("Pi B", SocFamily.Bcm2835, [256, 512], ["pi1"], ["bcm2708-rpi-b", "bcm2708-rpi-b-rev1", "bcm2835-rpi-b"]),
        new("Pi A+", SocFamily.Bcm2835, [256, 512], ["pi1"], ["bcm2708-rpi-b-plus", "bcm2835-rpi-a-plus"]),
        new("Pi B+", SocFamily.Bcm2835, [512], ["pi1"], ["bcm2708-rpi-b-plus", "bcm2835-rpi-b-plus"]),
        new("CM1", SocFamily.Bcm2835, [512], ["pi1"], ["bcm2708-rpi-cm", "bcm2835-rpi-cm1-io1"]),
        new("Pi Zero", SocFamily.Bcm2835, [512], ["pi0"], ["bcm2708-rpi-zero", "bcm2835-rpi-zero"]),
        new("Pi Zero W", SocFamily.Bcm2835, [512], ["pi0", "pi0w"], ["bcm2708-rpi-zero-w", "bcm2835-rpi-zero-w"]),
        new("Pi 2B", SocFamily.Bcm2836, [1024], ["pi2"], ["bcm2709-rpi-2-b", "bcm2836-rpi-2-b"]),
        new("Pi 2B v1.2", SocFamily.Bcm2837, [1024], ["pi2"], ["bcm2710-rpi-2-b", "bcm2837-rpi-2-b"]),
        new("Pi 3B", SocFamily.Bcm2837, [1024], ["pi3"], ["bcm2710-rpi-3-b", "bcm2837-rpi-3-b"]),
        new("Pi 3A+", SocFamily.Bcm2837, [512], ["pi3", "pi3+"], ["bcm2710-rpi-3-b-plus", "bcm2837-rpi-3-a-plus"]),
        new("Pi 3B+", SocFamily.Bcm2837, [1024], ["pi3", "pi3+"], ["bcm2710-rpi-3-b-plus", "bcm2837-rpi-3-b-plus"]),
        new("CM3", SocFamily.Bcm2837, [1024], ["pi3"], ["bcm2710-rpi-cm3", "bcm2837-rpi-cm3-io3"]),
        new("CM3+", SocFamily.Bcm2837, [1024], ["pi3"], ["bcm2710-rpi-cm3", "bcm2837-rpi-cm3-io3"]),
        new("Pi Zero 2 W", SocFamily.Bcm2837, [512], ["pi0", "pi0w", "pi02"], ["bcm2710-rpi-zero-2-w", "bcm2710-rpi-zero-2", "bcm2837-rpi-zero-2-w"]),
        new("CM0", SocFamily.Bcm2837, [512], ["cm0"], ["bcm2710-rpi-cm0"]),
        new("Pi 4B", SocFamily.Bcm2711, [1024, 2048, 4096, 8192], ["pi4"], ["bcm2711-rpi-4-b"]),
        new("Pi 400", SocFamily.Bcm2711, [4096], ["pi4", "pi400"], ["bcm2711-rpi-400"]),
        new("CM4", SocFamily.Bcm2711, [1024, 2048, 4096, 8192], ["pi4", "cm4"], ["bcm2711-rpi-cm4", "bcm2711-rpi-cm4-io"]),
        new("CM4S", SocFamily.Bcm2711, [1024, 2048, 4096, 8192], ["pi4", "cm4s"], ["bcm2711-rpi-cm4s"]),
        new("Pi 5", SocFamily.Bcm2712, [1024, 2048, 4096, 8192, 16384], ["pi5"], ["bcm2712-rpi-5-b", "bcm2712d0-rpi-5-b"]),
        new("CM5", SocFamily.Bcm2712, [2048, 4096, 8192, 16384], ["pi5", "cm5"], ["bcm2712-rpi-cm5-cm5io", "bcm2712-rpi-cm5-cm4io"]),
        new("Pi 500", SocFamily.Bcm2712, [8192], ["pi5", "pi500"], ["bcm2712-rpi-500"]),
        new("Pi 500+", SocFamily.Bcm2712, [16384], ["pi5", "pi500"], ["bcm2712-rpi-500"]),
    ];

    /// <summary>
    /// Which models load which kernel by the firmware's own rules, that is, without <c>kernel=</c> in config.txt.
    /// </summary>
    /// <param name="kernelFilesOnBoot">Names of files on the boot volume, in any case; others than kernels do no harm.</param>
    /// <param name="arm64Bit">What config.txt sets <c>arm_64bit</c> to; null when it does not set it.</param>
    /// <returns>For each kernel file that a model loads, by the name given, its models; a kernel that none loads is not in it.</returns>
    public static IReadOnlyDictionary<string, IReadOnlyList<PiModel>> LoadsFrom(IReadOnlyCollection<string> kernelFilesOnBoot, bool? arm64Bit) =>
        All.Select(model => (Model: model, Kernel: KernelOf(model, kernelFilesOnBoot, arm64Bit)))
            .Where(pair => pair.Kernel is not null)
            .GroupBy(pair => pair.Kernel!, pair => pair.Model, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (IReadOnlyList<PiModel>)[.. group], StringComparer.OrdinalIgnoreCase);

    /// <summary>The kernel file that a model loads by the firmware's own rules, by the name given; null for none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="files">Names of files on the boot volume.</param>
    /// <param name="arm64Bit">What config.txt sets <c>arm_64bit</c> to; null when it does not set it.</param>
    internal static string? KernelOf(PiModel model, IReadOnlyCollection<string> files, bool? arm64Bit)
    {
        IReadOnlyList<string> wanted = (arm64Bit ?? model.StartsArm64ByDefault) switch
        {
            _ when model.Kernels64.Count == 0 => model.Kernels32,
            _ when model.Kernels32.Count == 0 => model.Kernels64,
            // Only where nobody chose does the firmware take what is there.
            true => arm64Bit is null ? [.. model.Kernels64, .. model.Kernels32] : model.Kernels64,
            false => model.Kernels32,
        };
        return wanted.Select(name => files.FirstOrDefault(file => file.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(file => file is not null);
    }
}
