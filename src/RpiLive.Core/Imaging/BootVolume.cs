using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Imaging;

/// <summary>Finds the volume that the firmware boots from.</summary>
internal static class BootVolume
{
    /// <summary>The first partition with a FAT type, as the firmware picks it.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.BootPartitionMissing"/>.</exception>
    public static MbrPartition Find(MasterBootRecord table, RandomAccessSource source) =>
        table.Partitions.FirstOrDefault(partition => IsFat(partition.Type)) ?? throw new ImageException(
            ErrorIds.BootPartitionMissing, ImageErrorKind.Missing,
            $"{source.Name}: no partition has a FAT type such as 0x0C; the image has {Describe(table)}.",
            "Use an image for the Raspberry Pi: its first partition is FAT and holds the firmware and the kernels.");

    /// <summary>Opens the volume.</summary>
    /// <exception cref="ImageException">No sound FAT volume.</exception>
    public static FatVolume Open(MbrPartition partition, RandomAccessSource source) =>
        FatVolume.Open(source.Slice(partition.FirstByte, partition.Length, $"{source.Name} (partition {partition.Number})"));

    /// <summary>The partitions in words, for errors.</summary>
    public static string Describe(MasterBootRecord table) =>
        string.Join(", ", table.Partitions.Select(partition => $"partition {partition.Number} of type 0x{partition.Type:X2}"));

    private static bool IsFat(byte type) => type is 0x01 or 0x04 or 0x06 or 0x0B or 0x0C or 0x0E or 0xEF;
}
