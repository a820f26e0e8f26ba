using RpiLive.Codecs;
using RpiLive.Core.Imaging;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Imaging;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

/// <summary>A live image of a small stock image with what keep rules are about, built once for all tests of a class.</summary>
public sealed class LiveImageFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LiveImageFixture()
    {
        SyntheticStock stock = SyntheticStock.Debian();
        stock.Root.With("etc/passwd", "root:x:0:0:root:/root:/bin/bash\npi:x:1000:1001::/home/pi:/bin/bash\n").With("etc/group", "root:x:0:\npi:x:1001:\nweb:x:33:\n")
            .With("etc/ssh/sshd_config", "").With("var/lib/systemd/random-seed", "x").With("var/log/dpkg.log", "x").With("srv/readme", "x")
            .WithLink("var/run", "/run").With("run/x", "x");
        Stock = stock.Write(_folder);
        new LiveImageBuilder(new ThirdPartyCodecs()).Build(
            new LiveImageOptions { SourcePath = Stock, DestinationPath = Path, Threads = 2, CompressionLevel = 1 }, progress: null, TestContext.Current.CancellationToken);
    }

    public string Path => _folder["live.img"];

    /// <summary>The stock image that it was made from.</summary>
    public string Stock { get; }

    public void Dispose() => _folder.Dispose();
}
