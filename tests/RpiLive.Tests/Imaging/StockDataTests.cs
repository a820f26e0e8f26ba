using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using RpiLive.Core.Imaging;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Module;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Imaging;

/// <summary>
/// tests/data/stock.img.gz is the stock image of the Pester tests, which have no tool that could make one. It must be what
/// <see cref="SyntheticStock.FullDebian"/> makes; run this test with RPILIVE_WRITE_TEST_DATA=1 to write it anew.
/// </summary>
public sealed class StockDataTests
{
    private static readonly string s_packed = Path.Join(Subjects.Repository, "tests", "data", "stock.img.gz");

    /// <summary>Names, contents and links, since mke2fs writes times and random ids of its own.</summary>
    [Fact]
    public void The_stock_image_of_the_Pester_tests_is_the_synthetic_one()
    {
        using TemporaryFolder folder = new();
        string made = SyntheticStock.FullDebian().Write(folder, "made.img");
        if (Environment.GetEnvironmentVariable("RPILIVE_WRITE_TEST_DATA") == "1")
            Pack(made);
        string committed = Unpack(folder);
        Assert.Equal(new FileInfo(made).Length, new FileInfo(committed).Length);
        Assert.Equal(Describe(made), Describe(committed));
        Assert.InRange(new FileInfo(s_packed).Length, 1, 100_000);
    }

    private static void Pack(string path)
    {
        using FileStream image = File.OpenRead(path);
        using GZipStream packed = new(File.Create(s_packed), CompressionLevel.SmallestSize);
        image.CopyTo(packed);
    }

    private static string Unpack(TemporaryFolder folder)
    {
        using GZipStream packed = new(File.OpenRead(s_packed), CompressionMode.Decompress);
        using FileStream image = File.Create(folder["committed.img"]);
        packed.CopyTo(image);
        return image.Name;
    }

    private static List<string> Describe(string path)
    {
        using FileSource source = new(path);
        StockImage image = StockImage.Open(source, TestContext.Current.CancellationToken);
        List<string> lines = [image.DiskId.ToString("x8", CultureInfo.InvariantCulture), .. image.VolumeNames.Where(name => !name.StartsWith("UUID=", StringComparison.Ordinal))];
        Describe(image.Boot, "boot", lines);
        Describe(image.Root, "root", lines);
        return lines;
    }

    private static void Describe(DirectoryNode directory, string path, List<string> lines)
    {
        foreach ((FileName name, TreeNode node) in directory.Children)
        {
            string child = $"{path}/{name}";
            lines.Add(node switch
            {
                FileNode file => $"{child} {Convert.ToHexStringLower(SHA256.HashData(file.Content.ReadAll()))}",
                SymlinkNode link => $"{child} -> {Encoding.UTF8.GetString(link.Target)}",
                _ => child + "/",
            });
            if (node is DirectoryNode subdirectory)
                Describe(subdirectory, child, lines);
        }
    }
}
