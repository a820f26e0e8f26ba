using System.Text;
using RpiLive.Tests.Boot;
using RpiLive.Tests.Debian.Support;

namespace RpiLive.Tests.Module.Errors;

/// <summary>Mirrors that cannot be reached or trusted, packages that are not there or do not fit, caches that cannot be used.</summary>
internal static class MirrorProvocations
{
    private const string Script = "New-RpiBaseImage base.img ";

    public static IReadOnlyList<Provocation> All { get; } =
    [
        Debian("MirrorUnreachable", (_, debian) => debian.Mirror.Stop()),
        Debian("DownloadMissing", (_, debian) => debian.Mirror.Remove(FakeDebian.PathOf("nano"))),
        Debian("DownloadMissing", (_, debian) => debian.Mirror.Remove(debian.Updates.ReleasePath)) with { Variant = "a suite" },
        Debian("DownloadDamaged", (_, debian) => debian.Mirror.Add(FakeDebian.PathOf("nano"), new byte[debian.Mirror[FakeDebian.PathOf("nano")].Content.Length])),
        Debian("SignatureInvalid", (_, debian) => debian.Mirror.Add(debian.Suite.ReleasePath, Encoding.UTF8.GetBytes(debian.Suite.ReleaseText))),
        Debian("SignatureInvalid", (_, debian) => debian.Mirror.Add(debian.Suite.ReleasePath, new SigningKeys().ClearSign(debian.Suite.ReleaseText))) with { Variant = "another key" },
        Debian("ReleaseExpired", (_, debian) =>
        {
            debian.Updates.ValidUntil = DateTimeOffset.UtcNow.AddDays(-1);
            debian.Updates.Publish();
        }),
        Debian("CorruptRelease", (_, debian) => debian.Mirror.Add(debian.Updates.ReleasePath, debian.Mirror[debian.Suite.ReleasePath].Content)),
        Debian("CorruptPackageIndex", (_, debian) =>
        {
            debian.Updates.AddPackages("main", "Package: nano\nVersion: 1.0-1\nArchitecture: arm64\nFilename: ../../etc/passwd\nSize: 1\nSHA256: " + new string('0', 64) + "\n\n");
            debian.Updates.Publish();
        }),
        Packages("CorruptDeb", packages =>
        {
            // What the index vouches for, but no package.
            DebSample nano = packages.Single(package => package.Name == "nano");
            packages[packages.IndexOf(nano)] = nano with { Packing = ".tar.lz" };
        }),
        new("KeyringUnusable", workshop =>
        {
            workshop.File("keys", 1, 2, 3);
            FakeDebian debian = workshop.Debian(new());
            return Script + debian.ParametersWith("keys", debian.Cache);
        }),
        new("PackageMissing", workshop => $"{Script}nanno {workshop.Debian(new()).Parameters}"),
        Packages("DependencyUnmet", packages => Replace(packages, new DebSample("nano") { Fields = "Depends: nothing (>= 2)\n" })),
        Packages("PackageConflict", packages => Replace(packages, new DebSample("nano") { Fields = "Conflicts: less\n" })),
        Packages("PackageConflict", packages => Replace(packages, With(new DebSample("less"), "etc/nanorc"))) with { Variant = "a file" },
        new("CacheFull", workshop =>
        {
            workshop.SmallDisk("cache");
            FakeDebian debian = workshop.Debian(new(Enlarge));
            return Script + debian.ParametersWith(debian.Keyring, "cache");
        }) { KeepsIn = "cache" },
        new("CacheUnusable", workshop =>
        {
            workshop.File("cache", 1);
            FakeDebian debian = workshop.Debian(new());
            return Script + debian.ParametersWith(debian.Keyring, "cache");
        }),
    ];

    private static Provocation Debian(string id, Action<ErrorWorkshop, FakeDebian> change) => new(id, workshop =>
    {
        FakeDebian debian = workshop.Debian(new());
        change(workshop, debian);
        return Script + debian.Parameters;
    });

    private static Provocation Packages(string id, Action<List<DebSample>> change) => new(id, workshop => Script + workshop.Debian(new(change)).Parameters);

    private static void Replace(List<DebSample> packages, DebSample package) => packages[packages.FindIndex(other => other.Name == package.Name)] = package;

    private static void Enlarge(List<DebSample> packages)
    {
        byte[] noise = new byte[1 << 20];
        new Random(1).NextBytes(noise);
        packages.Single(package => package.Name == "nano").Tree.With("srv/noise", noise);
    }

    private static DebSample With(DebSample package, string path)
    {
        package.Tree.With(path, "x");
        return package;
    }
}
