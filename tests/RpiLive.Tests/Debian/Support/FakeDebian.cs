using System.Globalization;
using System.Text;
using RpiLive.Core.Imaging.Base;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Debian.Support;

/// <summary>A mirror of <see cref="SyntheticDebian"/> on this machine, signed by a key of its own.</summary>
internal sealed class FakeDebian : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SigningKeys _keys = new();

    /// <param name="change">Changes the packages before they are published.</param>
    public FakeDebian(Action<List<DebSample>>? change = null)
    {
        List<DebSample> packages = SyntheticDebian.Packages();
        change?.Invoke(packages);
        foreach (string codename in BaseSuite.All.Select(suite => suite.Codename))
        {
            FakeSuite suite = Publish(codename, packages), updates = Publish(codename + "-updates", []);
            Publish(codename + "-security", []);
            if (codename == "bookworm")
                (Suite, Updates) = (suite, updates);
        }
        File.WriteAllBytes(_folder["keys.gpg"], _keys.Export());
    }

    public FakeMirror Mirror { get; } = new();

    public FakeSuite Suite { get; } = null!;

    public FakeSuite Updates { get; } = null!;

    public string Cache => _folder["cache"];

    public string Keyring => _folder["keys.gpg"];

    /// <summary>Parameters of New-RpiBaseImage that have it used.</summary>
    public string Parameters => ParametersWith(Keyring, Cache);

    /// <summary>The same, with other files.</summary>
    public string ParametersWith(string keyring, string cache) =>
        $"-Suite bookworm -Mirror '{Mirror.Root}' -KeyringPath '{keyring}' -CachePath '{cache}' -WarningAction SilentlyContinue";

    /// <summary>Where a package lies on the mirror.</summary>
    public static string PathOf(string package) => $"pool/{package}_1.0-1_arm64.deb";

    /// <summary>Adds packages to a component of a suite; in place of those that were there.</summary>
    public static void Add(FakeSuite suite, string component, IEnumerable<DebSample> packages)
    {
        StringBuilder index = new();
        foreach (DebSample package in packages)
        {
            byte[] bytes = package.Build();
            string path = $"pool/{package.Name}_{package.Version}_{package.Architecture}.deb";
            suite.AddPackage(path, bytes);
            index.Append(package.ControlText).Append(CultureInfo.InvariantCulture, $"Filename: {path}\nSize: {bytes.Length}\nSHA256: {FakeSuite.Hash(bytes)}\n\n");
        }
        // GZipStream makes nothing at all of nothing.
        suite.AddPackages(component, index.Append('\n').ToString());
    }

    private FakeSuite Publish(string codename, List<DebSample> packages)
    {
        FakeSuite suite = new(Mirror, codename, _keys);
        Add(suite, "main", packages.Where(package => package.Name != "raspi-firmware"));
        Add(suite, "non-free-firmware", packages.Where(package => package.Name == "raspi-firmware"));
        suite.Publish();
        return suite;
    }

    public void Dispose()
    {
        Mirror.Dispose();
        _folder.Dispose();
    }
}
