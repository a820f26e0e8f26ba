using RpiLive.Codecs;
using RpiLive.Core.Imaging;
using RpiLive.Tests.Imaging;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

/// <summary>A live image of a small stock image with what keep rules are about, built once for all tests of a class.</summary>
public sealed class LiveImageFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LiveImageFixture()
    {
        Stock = SyntheticStock.FullDebian().Write(_folder);
        new LiveImageBuilder(new ThirdPartyCodecs()).Build(
            new LiveImageOptions { SourcePath = Stock, DestinationPath = Path, Threads = 2, CompressionLevel = 1 }, progress: null, TestContext.Current.CancellationToken);
    }

    public string Path => _folder["live.img"];

    /// <summary>The stock image that it was made from.</summary>
    public string Stock { get; }

    public void Dispose() => _folder.Dispose();
}
