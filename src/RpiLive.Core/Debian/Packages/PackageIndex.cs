using System.Diagnostics.CodeAnalysis;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Packages;

/// <summary>
/// The packages for arm64 that some repositories offer, from their Packages files. All versions of a name are kept, the highest
/// first; of equal versions the one that was added first is kept alone. Not for use by several threads while indexes are added.
/// </summary>
public sealed class PackageIndex
{
    /// <summary>The architecture that packages are read for, beside <c>all</c>.</summary>
    public const string Architecture = "arm64";

    /// <summary>Packages that an index may hold: Debian has under 70,000 in a suite.</summary>
    public const int MaxPackages = 500_000;

    /// <summary>Versions that a name may have.</summary>
    public const int MaxVersions = 256;

    private const int MaxProvided = 2_000_000;
    private const long MaxPackedLength = 256 << 20;

    private readonly Dictionary<string, Package> _packages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Provider> _providers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _sections = new(StringComparer.Ordinal);
    private long _packedLength;
    private int _provided;

    /// <summary>The number of packages, with all their versions.</summary>
    public int Count { get; private set; }

    /// <summary>The highest version of each name, in no order.</summary>
    public IEnumerable<Package> Newest => _packages.Values;

    /// <summary>Adds the packages of a Packages file.</summary>
    /// <param name="packages">Its unpacked text, read to the end, not disposed.</param>
    /// <param name="name">The name of the file for messages.</param>
    /// <param name="repository">Kept as <see cref="Package.Repository"/>.</param>
    /// <returns>The packages for arm64 and all architectures that were read; others are passed over.</returns>
    /// <exception cref="ImageException"><c>CorruptPackageIndex</c>: a paragraph that is none of a package, a field that breaks its
    /// rules, or more than this index can hold. What was read before it stays.</exception>
    public int Add(Stream packages, string name, object repository)
    {
        PackageReader reader = new(packages, name, repository, _sections);
        int read = 0;
        for (; reader.Read(out int packedLength) is { } package; read++)
        {
            if (!Insert(package))
                continue;
            _packedLength += packedLength;
            if (++Count > MaxPackages || _packedLength > MaxPackedLength)
                throw IndexDamage.Error(name, $"is too large: no more than {MaxPackages:N0} packages and {MaxPackedLength:N0} bytes of them are taken");
            AddProvided(package);
        }
        return read;
    }

    /// <summary>The highest version of a package; false where no index has one of this name.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out Package? package) => _packages.TryGetValue(name, out package);

    /// <summary>All versions of a package, the highest first; none where no index has one of this name.</summary>
    public IEnumerable<Package> Versions(string name)
    {
        for (Package? package = _packages.GetValueOrDefault(name); package is not null; package = package.Older)
            yield return package;
    }

    /// <summary>
    /// The packages, with the version that each provides, if any, that stand for a virtual package. In the order in which the resolver
    /// tries them: by <see cref="Package.Priority"/>, then by name, then the highest version first.
    /// </summary>
    public IReadOnlyList<(Package Package, DebianVersion? Version)> Providers(string name)
    {
        List<(Package Package, DebianVersion? Version)> found = [];
        for (Provider? provider = _providers.GetValueOrDefault(name); provider is not null; provider = provider.Next)
            found.Add((provider.Package, provider.Version));
        found.Sort(static (left, right) =>
        {
            int order = left.Package.Priority.CompareTo(right.Package.Priority);
            if (order == 0)
                order = string.CompareOrdinal(left.Package.Name, right.Package.Name);
            if (order == 0)
                order = right.Package.Version.CompareTo(left.Package.Version);
            // One package may provide a name in several versions.
            return order != 0 ? order : Comparer<DebianVersion>.Default.Compare(right.Version, left.Version);
        });
        return found;
    }

    /// <summary>Up to three names of packages that are close to a wrong one, the closest first.</summary>
    public IReadOnlyList<string> NearNames(string name) => Packages.NearNames.Find(name, _packages.Keys);

    private bool Insert(Package package)
    {
        Package? newer = null, older = _packages.GetValueOrDefault(package.Name);
        for (int count = 1; older is not null; count++, (newer, older) = (older, older.Older))
        {
            int order = older.Version.CompareTo(package.Version);
            if (order == 0)
                return false;
            if (order < 0)
                break;
            if (count == MaxVersions)
                throw IndexDamage.Error(package.IndexName, $"has more than {MaxVersions} versions of {package.Name}");
        }
        package.Older = older;
        if (newer is null)
            _packages[package.Name] = package;
        else
            newer.Older = package;
        return true;
    }

    private void AddProvided(Package package)
    {
        foreach (Dependency provided in package.Relations(RelationField.Provides))
        {
            if (++_provided > MaxProvided)
                throw IndexDamage.Error(package.IndexName, $"has more than {MaxProvided:N0} virtual packages");
            PackageRelation relation = provided.Alternatives[0];
            _providers[relation.Name] = new(package, relation.Version, _providers.GetValueOrDefault(relation.Name));
        }
    }

    private sealed record Provider(Package Package, DebianVersion? Version, Provider? Next);
}
