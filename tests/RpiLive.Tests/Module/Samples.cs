using RpiLive.Core.Imaging;

namespace RpiLive.Tests.Module;

/// <summary>A live image as the engine would describe it.</summary>
internal static class Samples
{
    public static LiveImage Image(string path) => new()
    {
        Path = path,
        Length = 700L << 20,
        SourceName = "raspios.img",
        SourceSha256 = new string('a', 64),
        Distribution = "Raspberry Pi OS 13 (trixie)",
        Architecture = "arm64",
        Flavours =
        [
            new LiveFlavour("v8", "6.12.47+rpt-rpi-v8", "kernel8.img", "initramfs8", ["Pi 3", "Pi 4"]),
            new LiveFlavour("2712", "6.12.47+rpt-rpi-2712", "kernel_2712.img", "initramfs_2712", ["Pi 5", "Pi 4"]),
        ],
        RootUnpackedLength = 2000L << 20,
        RootLength = 600L << 20,
        RootSha256 = new string('b', 64),
        Compression = "zstd",
        BlockSize = 128 << 10,
        RootMode = RootMode.Auto,
        RequiredMemory = 900L << 20,
        Reserve = 192,
        BaseUse = 20,
        UpperSize = new(50, true),
        OnLowMemory = RpiLive.Core.Imaging.Initramfs.OnLowMemory.Medium,
        Edits = [new AppliedEdit("fstab", "The root is an overlay.", ["etc/fstab"])],
        Warnings = ["ACLs of 3 files are not kept."],
    };
}
