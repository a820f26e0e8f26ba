using RpiLive.Codecs;
using RpiLive.Core.Imaging;
using RpiLive.Tests.Imaging;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

/// <summary>A session whose folder holds stock.img and the live images live.img and [live].img of it, for all tests of a class.</summary>
public sealed class LiveFolderFixture : IDisposable
{
    public LiveFolderFixture()
    {
        using TemporaryFolder folder = new();
        File.Move(SyntheticStock.FullDebian().Write(folder), this["stock.img"]);
        Build("live.img");
        Build("[live].img");
    }

    internal ModuleSession Session { get; } = new();

    public string this[string name] => Path.Join(Session.Folder, name);

    /// <summary>Makes a live image anew, which is faster than to copy one.</summary>
    public void Build(string name) => new LiveImageBuilder(new ThirdPartyCodecs()).Build(
        new LiveImageOptions { SourcePath = this["stock.img"], DestinationPath = this[name], Threads = 1, CompressionLevel = 1, Overwrite = true },
        progress: null, TestContext.Current.CancellationToken);

    public void Dispose() => Session.Dispose();
}
