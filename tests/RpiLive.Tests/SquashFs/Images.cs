using RpiLive.Codecs;
using RpiLive.Core.Compression;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.SquashFs;

/// <summary>Making, reading and judging images.</summary>
internal static class Images
{
    public static readonly IBlockCodec Gzip = new GzipBlockCodec();
    public static readonly IBlockCodec Zstd = new ThirdPartyCodecs().Zstd;

    /// <summary>Fast, for tests whose subject is not compression.</summary>
    public static readonly SquashFsOptions Fast = new() { Codec = Zstd, Level = 1, Threads = 2, ModificationTime = 1_700_000_000 };

    public static IBlockCodec? Codec(string name) => name switch { "gzip" => Gzip, "zstd" => Zstd, _ => null };

    public static byte[] Write(DirectoryNode root, SquashFsOptions? options = null) => Write(root, options, out _);

    public static byte[] Write(DirectoryNode root, SquashFsOptions? options, out SquashFsSummary summary)
    {
        MemoryTarget target = new();
        summary = SquashFsWriter.Write(root, target, options ?? Fast, null, TestContext.Current.CancellationToken);
        byte[] image = target.Bytes;
        Assert.Equal(summary.TotalLength, image.Length);
        Assert.Equal(0, image.Length % 4096);
        return image;
    }

    public static string[] List(byte[] image)
    {
        using SquashFsVolume volume = SquashFsVolume.Open(new MemorySource(image, "image"), Codec);
        return TreeListing.Of(volume.ReadTree(TestContext.Current.CancellationToken));
    }

    /// <summary>Lets the kernel judge: what it shows of the mounted image.</summary>
    public static string[] ListMounted(byte[] image)
    {
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["image"], image);
        Directory.CreateDirectory(folder["mount"]);
        Tools.Run("mount", "-t", "squashfs", "-o", "loop,ro", folder["image"], folder["mount"]);
        try
        {
            return TreeListing.OfHost(folder["mount"]);
        }
        finally
        {
            Tools.Run("umount", folder["mount"]);
        }
    }

    /// <summary>Lets unsquashfs judge: what it extracts.</summary>
    public static string[] ListExtracted(byte[] image)
    {
        Tools.Require("unsquashfs");
        Tools.RequireRoot();
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["image"], image);
        try
        {
            Tools.Run("unsquashfs", "-q", "-n", "-strict-errors", "-d", folder["out"], folder["image"]);
            return TreeListing.OfHost(folder["out"]);
        }
        finally
        {
            // .NET cannot delete files whose names are no UTF-8.
            Tools.Run("rm", "-rf", folder["out"]);
        }
    }

    /// <summary>Lets three readers that are not ours, and ours, judge an image of <paramref name="root"/>.</summary>
    public static void Judge(DirectoryNode root, byte[] image)
    {
        string[] expected = TreeListing.Of(root);
        Assert.Equal(expected, List(image));
        Assert.Equal(expected, ListMounted(image));
        Assert.Equal(expected, ListExtracted(image));
        Describe(image);
    }

    /// <summary>Lets squashfs-tools-ng judge: its description, after reading everything.</summary>
    public static string Describe(byte[] image)
    {
        Tools.Require("rdsquashfs", "sqfsdiff");
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["image"], image);
        Tools.Run("sqfsdiff", "--old", folder["image"], "--new", folder["image"]);
        return Tools.Run("rdsquashfs", "--describe", folder["image"]);
    }
}
