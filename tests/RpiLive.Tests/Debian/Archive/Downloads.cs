using System.Collections.Concurrent;
using RpiLive.Core.Debian.Archive;
using RpiLive.Tests.Debian.Support;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Archive;

/// <summary>A mirror, a cache and a client that does not wait between attempts but notes how long it would.</summary>
internal sealed class Downloads : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<MirrorClient> _clients = [];

    public Downloads(int attempts = 5, double stallSeconds = 5)
    {
        Options = new MirrorOptions
        {
            Attempts = attempts,
            StallTimeout = TimeSpan.FromSeconds(stallSeconds),
            Delay = (delay, cancellation) =>
            {
                Delays.Enqueue(delay);
                return Task.Delay(0, cancellation);
            },
        };
        Client = NewClient();
    }

    public FakeMirror Mirror { get; } = new();

    public MirrorOptions Options { get; }

    public MirrorClient Client { get; }

    public ConcurrentQueue<TimeSpan> Delays { get; } = new();

    public string Folder => _folder.Path;

    /// <summary>Names of what lies in the cache, with the folder of each.</summary>
    public IEnumerable<string> Cached => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(_folder.Path, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>A client with a cache object of its own, as another process has it.</summary>
    public MirrorClient NewClient()
    {
        MirrorClient client = new(new PackageCache(_folder.Path), Options);
        _clients.Add(client);
        return client;
    }

    /// <summary>Serves bytes and says what a client has to ask for.</summary>
    public DownloadRequest Add(string path, byte[] content)
    {
        Mirror.Add(path, content);
        return DownloadRequest.ForFile(Mirror.Root, path, content.Length, FakeSuite.Hash(content));
    }

    public string Fetch(DownloadRequest request) => Client.Fetch([request], null, TestContext.Current.CancellationToken)[0];

    public string PartialPath(DownloadRequest request) => Path.Join(_folder.Path, "partial", request.Sha256);

    public string FilePath(DownloadRequest request) => Path.Join(_folder.Path, "files", request.Sha256);

    public static byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    public void Dispose()
    {
        _clients.ForEach(client => client.Dispose());
        Mirror.Dispose();
        _folder.Dispose();
    }
}
