using System.Buffers.Binary;
using RpiLive.Tests.Testing;

namespace RpiLive.Tests.Module.Errors;

/// <summary>Live images that cannot be read or changed.</summary>
internal static class LiveProvocations
{
    private const string Root = "live/root.squashfs", Script = "Set-RpiLivePersistence live.img /srv -Label KEEP";

    public static IReadOnlyList<Provocation> All { get; } =
    [
        new("NotLive", workshop =>
        {
            workshop.Stock();
            return "Get-RpiLiveImage stock.img";
        }),
        Files("CorruptLiveImage", live => live.Put("live/image.json", live.Text("live/image.json")[..100])),
        Files("UnsupportedLiveImage", live => live.Replace("live/image.json", "\"version\": 1", "\"version\": 99")),
        Files("CorruptSettings", live => live.Put("live/rpilive.conf", live.Text("live/rpilive.conf") + "rubbish\n")),
        Files("CorruptSquashFs", live => live.Put(Root, [.. new byte[96], .. live.Bytes(Root)[96..]]), "no superblock"),
        Files("CorruptSquashFs", live => live.Put(Root, Damaged(live.Bytes(Root))), "a packed block"),
        // Version 3.
        Files("UnsupportedSquashFs", live => live.Put(Root, [.. live.Bytes(Root)[..28], 3, .. live.Bytes(Root)[29..]])),
        new("ImageInUse", workshop =>
        {
            workshop.Live();
            workshop.Hold("live.img", FileShare.Read);
            return Script;
        }),
        new("NoRoom", workshop =>
        {
            // With a partition behind it the boot volume cannot grow.
            workshop.Live();
            workshop.Run("Set-RpiLivePersistence live.img /home -Target Partition -Size 8MB");
            return "Set-RpiLivePersistence live.img /srv -Target Folder -Size 512MB";
        }),
    ];

    private static Provocation Files(string id, Action<LiveWorkshop> change, string? variant = null) => new(id, workshop =>
    {
        workshop.Live(change);
        return Script;
    }) { Variant = variant };

    /// <summary>Damages the content of the first block of the inode table.</summary>
    private static byte[] Damaged(byte[] squashFs)
    {
        int table = (int)BinaryPrimitives.ReadInt64LittleEndian(squashFs.AsSpan(64));
        Assert.Equal(0, squashFs[table + 1] & 0x80);
        squashFs.AsSpan(table + 2, 24).Fill(0xFF);
        return squashFs;
    }
}
