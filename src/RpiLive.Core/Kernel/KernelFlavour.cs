namespace RpiLive.Core.Kernel;

/// <summary>One kernel of an image with its modules.</summary>
/// <param name="Name">Flavour: v6, v7, v7l, v8, 2712, arm64 …; the release where two kernels would have the same.</param>
/// <param name="Release">Kernel release as <c>uname -r</c> says it, the name of its directory in <c>/lib/modules</c>.</param>
/// <param name="KernelFile">Path of the kernel on the boot volume.</param>
/// <param name="InitramfsFile">Path of the initramfs on the boot volume that the firmware loads, or is to load, with it.</param>
/// <param name="Architecture">What the kernel is built for.</param>
public sealed record KernelFlavour(string Name, string Release, string KernelFile, string InitramfsFile, KernelArchitecture Architecture);
