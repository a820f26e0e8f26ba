using RpiLive.Codecs;
using RpiLive.Core.Imaging;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Imaging;

/// <summary>
/// A live image of the real Debian image that RPILIVE_STOCK_IMAGE names (tests/fixtures/make-debian-image.sh makes one),
/// built once for all tests of the class.
/// </summary>
public sealed class RealImage : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private LiveImage? _live;

    /// <summary>Path of the stock image; skips the running test where there is none.</summary>
    public static string StockPath
    {
        get
        {
            string? path = Environment.GetEnvironmentVariable("RPILIVE_STOCK_IMAGE");
            Assert.SkipUnless(path is not null, "RPILIVE_STOCK_IMAGE names no stock image; tests/fixtures/make-debian-image.sh makes one.");
            return path!;
        }
    }

    /// <summary>The live image. Level 3, as the level changes nothing that these tests look at but their time.</summary>
    public LiveImage Live => _live ??= Build("live.img", threads: 2);

    /// <summary>Builds the image once more, from the stock image or from a packed one.</summary>
    public LiveImage Build(string name, int threads, string? source = null) => new LiveImageBuilder(new ThirdPartyCodecs()).Build(
        new LiveImageOptions { SourcePath = source ?? StockPath, DestinationPath = _folder[name], CompressionLevel = 3, Threads = threads },
        progress: null, TestContext.Current.CancellationToken);

    public string File(string name) => _folder[name];

    public void Dispose() => _folder.Dispose();
}
