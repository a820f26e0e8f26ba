using System.Text;
using System.Text.Json;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Fat;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Editing;

/// <summary>A small live image: the files that make it one, and a few others.</summary>
internal static class LiveSample
{
    public const int RootLength = 300_000;

    public static Timestamp Time => Volumes.Time;

    public static string Write(TemporaryFolder folder, string name = "live.img", int clusterSize = 512, long freeBytes = 1 << 20, long growth = 64 << 20)
    {
        using DestinationFile file = new(folder[name], overwrite: true);
        RandomAccessTarget volume = file.Target.From(LiveLayout.BootVolumeOffset);
        Fat32Builder fat = new(volume, Volumes.Options(hidden: (uint)(LiveLayout.BootVolumeOffset / 512), clusterSize: clusterSize) with { GrowthBytes = growth });
        fat.AddTree(Volumes.SampleTree(overlays: 20));
        Add(fat, LiveLayout.RootPath, Volumes.Noise(7, RootLength));
        Add(fat, LiveLayout.RootHashPath, "0"u8.ToArray());
        Add(fat, LiveSettings.Path, Encoding.UTF8.GetBytes(new LiveSettings { Clock = Time.Seconds }.Format()));
        ImageDocument document = new()
        {
            Version = ImageDocument.CurrentVersion,
            Generator = "RpiLive 0.0.0",
            Source = new("stock.img", 1000, new string('a', 64)),
            Distribution = "Debian 13 (trixie)",
            Architecture = "arm64",
            Flavours = [new LiveFlavour("v8", "6.12.47+rpt-rpi-v8", "kernel8.img", "initramfs8", ["Pi 4B"])],
            Root = new(RootLength, 900_000, new string('b', 64), "zstd", 15, 256 << 10),
            Edits = [],
            Warnings = [],
        };
        Add(fat, LiveLayout.DocumentPath, JsonSerializer.SerializeToUtf8Bytes(document, ImageDocumentContext.Default.ImageDocument));
        long length = fat.Finish(freeBytes);
        MasterBootRecord.Write(file.Target, 0xCAFE0001, [new(1, 0x0C, LiveLayout.BootVolumeOffset, length)]);
        file.Target.SetLength(LiveLayout.BootVolumeOffset + length);
        file.Commit();
        return folder[name];
    }

    private static void Add(Fat32Builder fat, string path, byte[] bytes) => fat.AddFile(path, new MemoryContent(bytes), Time);
}
