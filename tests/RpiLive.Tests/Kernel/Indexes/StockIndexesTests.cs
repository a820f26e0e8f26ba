using RpiLive.Codecs;
using RpiLive.Core.Imaging;
using RpiLive.Core.Kernel.Indexes;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;
using RpiLive.Tests.Imaging;

namespace RpiLive.Tests.Kernel.Indexes;

/// <summary>The indexes of the real image that RPILIVE_STOCK_IMAGE names, made again.</summary>
public sealed class StockIndexesTests
{
    [Fact]
    public void Indexes_made_again_are_those_of_the_image()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using FileSource source = new(RealImage.StockPath);
        StockImage stock = StockImage.Open(source, cancellation);
        foreach (FileName name in TreePath.FindDirectory(stock.Root, "/lib/modules")!.Children.Keys)
        {
            string release = name.ToString();
            Dictionary<string, byte[]> before = Read(stock, release);
            ModuleIndexes.Make(stock.Root, release, new ThirdPartyCodecs(), default, cancellation);
            Dictionary<string, byte[]> made = Read(stock, release);
            // An image of Raspberry Pi OS has them of another kmod.
            Assert.All(ModuleDirectory.Files, file => ModuleDirectory.AssertEqual(file, before[file], made[file], equalBytes: false));
        }
    }

    private static Dictionary<string, byte[]> Read(StockImage stock, string release) => ModuleDirectory.Files.ToDictionary(
        file => file, file => TreePath.FindFile(stock.Root, $"/lib/modules/{release}/{file}")!.Content.ReadAll());
}
