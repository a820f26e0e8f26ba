namespace RpiLive.Tests.Module.Errors;

/// <summary>What is in the way of what is to be written.</summary>
internal static class DestinationProvocations
{
    public static IReadOnlyList<Provocation> All { get; } =
    [
        new("DestinationExists", workshop =>
        {
            workshop.Stock();
            workshop.File("live.img", 1, 2, 3);
            return "New-RpiLiveImage stock.img live.img";
        }),
        new("DestinationFolderMissing", workshop =>
        {
            workshop.Stock();
            return "New-RpiLiveImage stock.img missing/live.img";
        }),
        new("DestinationNotFolder", workshop =>
        {
            workshop.File("first.img", 1);
            workshop.File("second.img", 2);
            return "New-RpiLiveImage first.img, second.img live.img";
        }),
        new("DestinationIsSource", workshop =>
        {
            workshop.Stock();
            return "New-RpiLiveImage stock.img ./stock.img -Force";
        }),
        new("DestinationUsedTwice", workshop =>
        {
            workshop.Stock();
            workshop.File("second.img", 2);
            return "'stock.img', 'second.img' | New-RpiLiveImage -DestinationPath live.img -CompressionLevel 1 -Force";
        }) { Makes = "live.img" },
        new("DestinationUnwritable", workshop =>
        {
            // No file system has names as long.
            workshop.Stock();
            return $"New-RpiLiveImage stock.img {new string('x', 300)}.img";
        }),
        new("DestinationUnwritable", workshop =>
        {
            workshop.Stock();
            workshop.File("file", 1);
            return "New-RpiLiveImage stock.img file/folder/";
        }) { Variant = "a folder" },
        new("DestinationFull", workshop =>
        {
            workshop.Stock();
            workshop.SmallDisk("disk");
            return "New-RpiLiveImage stock.img disk/live.img";
        }),
        new("TooLarge", workshop =>
        {
            workshop.Live();
            workshop.Folder("seed");
            byte[] large = new byte[9 << 20];
            large.AsSpan().Fill(1);
            workshop.File("seed/large", large);
            return "Set-RpiLivePersistence live.img /srv -Target Partition -Size 8MB -Seed seed";
        }) { Variant = "a seed" },
    ];
}
