using System.IO.Compression;
using RpiLive.Tests.Xz;

namespace RpiLive.Tests.Module.Errors;

/// <summary>Packed images that cannot be read, or not unpacked here.</summary>
internal static class PackedProvocations
{
    private const string Script = "New-RpiLiveImage packed live.img";

    /// <summary>One byte less than the most that an image can have.</summary>
    private const long Huge = (1L << 41) - 1;

    public static IReadOnlyList<Provocation> All { get; } =
    [
        File("FormatNotSupported", () => [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C]),
        File("ImageMissing", () => Zip("readme.txt")),
        File("ImageAmbiguous", () => Zip("first.img", "second.img")),
        File("CorruptXz", () => Changed(CraftedXz.Stream([], []), ^1)),
        File("UnsupportedXz", () => CraftedXz.Stream([], [], check: 16)),
        File("CorruptGzip", () => Gzip()[..^4]),
        // A reserved flag.
        File("UnsupportedGzip", () => [.. Gzip()[..3], 0x20, .. Gzip()[4..]]),
        File("CorruptZstd", () => Zstd(8)[..^1]),
        // A frame that names dictionary 1.
        File("UnsupportedZstd", () => [.. Zstd(8)[..4], 0xC1, 0, 1, .. Zstd(8)[6..]]),
        File("CorruptZip", () => Zip("raspios.img")[..^1]),
        File("UnsupportedZip", () => Encrypted(Zip("raspios.img"))),
        new("ScratchFolderMissing", workshop =>
        {
            workshop.File("packed", Gzip());
            return Script + " -ScratchPath missing";
        }),
        new("ScratchFull", workshop =>
        {
            Assert.SkipUnless(new DriveInfo(workshop.Session.Folder).AvailableFreeSpace < Huge, "The disk has room for the largest image.");
            workshop.File("packed", Zstd(Huge));
            return Script;
        }) { Names = "packed" },
        new("ScratchUnwritable", workshop =>
        {
            // Not even root can make files there.
            Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /proc.");
            workshop.File("packed", Gzip());
            return Script + " -ScratchPath /proc";
        }) { Names = "packed" },
        File("TooLarge", () => Zstd(1L << 62)) with { Variant = "an image" },
    ];

    private static Provocation File(string id, Func<byte[]> make) => new(id, workshop =>
    {
        workshop.File("packed", make());
        return Script;
    });

    private static byte[] Gzip()
    {
        using MemoryStream result = new();
        using (GZipStream gzip = new(result, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(new byte[1000]);
        return result.ToArray();
    }

    /// <summary>A frame that says how long its content is, and one raw block of a byte.</summary>
    private static byte[] Zstd(long length) => [0x28, 0xB5, 0x2F, 0xFD, 0xC0, 0, .. BitConverter.GetBytes(length), 9, 0, 0, 1];

    private static byte[] Zip(params string[] names)
    {
        using MemoryStream result = new();
        using (ZipArchive archive = new(result, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in names)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(new byte[1000]);
            }
        }
        return result.ToArray();
    }

    /// <summary>Sets the flag that an entry is encrypted.</summary>
    private static byte[] Encrypted(byte[] zip)
    {
        zip[6] |= 1;
        zip[zip.AsSpan().LastIndexOf("PK\x01\x02"u8) + 8] |= 1;
        return zip;
    }

    private static byte[] Changed(byte[] bytes, Index at)
    {
        bytes[at] ^= 1;
        return bytes;
    }
}
