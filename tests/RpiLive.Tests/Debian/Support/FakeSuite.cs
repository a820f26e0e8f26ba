using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace RpiLive.Tests.Debian.Support;

/// <summary>
/// A signed suite on a <see cref="FakeMirror"/>. Set up indexes and packages, then <see cref="Publish"/>; again after a change.
/// </summary>
internal sealed class FakeSuite(FakeMirror mirror, string codename, SigningKeys keys)
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public DateTimeOffset Date { get; set; } = DateTimeOffset.UtcNow.AddHours(-2);

    public DateTimeOffset? ValidUntil { get; set; }

    public string Components { get; set; } = "main non-free-firmware";

    public string Architectures { get; set; } = "all arm64";

    public bool AcquireByHash { get; set; } = true;

    /// <summary>Further lines of the Release file, before the hashes.</summary>
    public string MoreFields { get; set; } = "No-Support-for-Architecture-all: Packages\n";

    public string ReleasePath => $"dists/{codename}/InRelease";

    /// <summary>The Release file, without a signature.</summary>
    public string ReleaseText => string.Create(CultureInfo.InvariantCulture,
        $"Origin: Test\nSuite: test\nCodename: {codename}\nDate: {Date.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} UTC\n{(ValidUntil is { } until ? $"Valid-Until: {until.UtcDateTime:ddd, dd MMM yyyy HH:mm:ss} UTC\n" : "")}{(AcquireByHash ? "Acquire-By-Hash: yes\n" : "")}{MoreFields}Architectures: {Architectures}\nComponents: {Components}\nSHA256:\n")
        + string.Concat(_files.Select(file => $" {Hash(file.Value)} {file.Value.Length,8} {file.Key}\n"));

    /// <summary>Adds the text of an index: plain in the Release file alone, as Debian has it, and packed by gzip.</summary>
    public void AddPackages(string component, string text, string architecture = "arm64")
    {
        byte[] plain = Encoding.UTF8.GetBytes(text);
        MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(plain);
        AddFile($"{component}/binary-{architecture}/Packages.gz", packed.ToArray());
    }

    /// <summary>Adds a file of the suite, with its hash in the Release file.</summary>
    public void AddFile(string path, byte[] content) => _files[path] = content;

    /// <summary>Adds a package below the root of the mirror.</summary>
    public MirrorFile AddPackage(string path, byte[] content) => mirror.Add(path, content);

    /// <summary>Puts all files and a freshly signed InRelease on the mirror.</summary>
    public MirrorFile Publish()
    {
        foreach ((string path, byte[] content) in _files)
        {
            string folder = path[..path.LastIndexOf('/')];
            mirror.Add($"dists/{codename}/{path}", content);
            if (AcquireByHash)
                mirror.Add($"dists/{codename}/{folder}/by-hash/SHA256/{Hash(content)}", content);
        }
        MirrorFile release = mirror.Add(ReleasePath, keys.ClearSign(ReleaseText));
        release.ETag = $"\"{Hash(release.Content)[..16]}\"";
        return release;
    }

    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
