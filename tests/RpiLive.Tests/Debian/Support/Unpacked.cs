using RpiLive.Codecs;
using RpiLive.Core.Debian.Deb;
using RpiLive.Core.Debian.Root;
using RpiLive.Core.Streams;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Support;

/// <summary>Packages, unpacked into a temporary file.</summary>
internal sealed class Unpacked : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly UnpackArea _area;

    public Unpacked(Func<string, bool>? isWanted, params ReadOnlySpan<byte[]> packages)
    {
        _area = new UnpackArea(_folder.Path, "sample");
        foreach (byte[] package in packages)
        {
            MemorySource source = new(package, $"/cache/{Packages.Count}.deb");
            Packages.Add(DebPackage.Unpack(source, new ThirdPartyCodecs(), isWanted ?? (_ => true), _area, CancellationToken.None));
        }
        _area.Finish();
    }

    public Unpacked(params ReadOnlySpan<byte[]> packages)
        : this(null, packages)
    {
    }

    public List<DebPackage> Packages { get; } = [];

    /// <summary>One package as part of a root.</summary>
    public static InstalledPackage Install(DebPackage content, string name) => new(name, "1.0-1", content);

    public void Dispose()
    {
        _area.Dispose();
        _folder.Dispose();
    }
}
