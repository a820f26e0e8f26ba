using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Packages.Resolving;

/// <summary>Which packages of an index a request leaves, and which of them a relation means.</summary>
internal sealed class Candidates
{
    /// <summary>
    /// A bound of time and memory for hostile indexes: a relation costs 10, a package that may meet it 1. Of Debian, kde-full costs 170,000.
    /// </summary>
    private const int MaxCost = 20_000_000;

    private readonly PackageIndex _index;
    private readonly HashSet<string> _excluded;
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DebianVersion> _pinned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<(Package Package, DebianVersion? Version)>> _providers = new(StringComparer.Ordinal);
    private int _cost;

    /// <summary>Reads the request.</summary>
    /// <exception cref="ImageException">The request names a package that no index has, or two versions of one.</exception>
    public Candidates(PackageIndex index, PackageRequest request)
    {
        _index = index;
        _excluded = new(request.Excluded, StringComparer.Ordinal);
        List<PackageRelation> wanted = [];
        foreach (string text in request.Wanted)
            wanted.Add(ReadWanted(text));
        _wanted.UnionWith(wanted.Select(relation => relation.Name));
        foreach (PackageRelation relation in wanted)
            CheckWanted(relation);
        IEnumerable<Package> always = index.Newest
            .Where(package => ((request.Essential && package.IsEssential) || (request.Required && package.Priority == PackagePriority.Required))
                && !_excluded.Contains(package.Name));
        Roots =
        [
            .. always.OrderBy(package => package.Priority).ThenBy(package => package.Name, StringComparer.Ordinal)
                .Select(package => new Dependency([new(package.Name, null, VersionOperator.None, null)])),
            .. wanted.Select(relation => new Dependency([relation])),
        ];
    }

    /// <summary>What the request itself depends on: what is essential or required, in the order of priority and name, then what is wanted, as it stands there.</summary>
    public IReadOnlyList<Dependency> Roots { get; }

    /// <summary>True for a name that the request names.</summary>
    public bool IsWanted(string name) => _wanted.Contains(name);

    /// <summary>The versions of a package that are left, the highest first.</summary>
    public IEnumerable<Package> Versions(string name) => _index.Versions(name).Where(IsLeft);

    /// <summary>The packages that meet a relation, the preferred first.</summary>
    /// <exception cref="ImageException"><c>CorruptPackageIndex</c>: too much work, which no honest index makes.</exception>
    public IEnumerable<Package> Meeting(PackageRelation relation)
    {
        Charge(10);
        foreach (Package package in Versions(relation.Name))
        {
            Charge(1);
            if (relation.Accepts(package.Version) && relation.AcceptsArchitecture(package))
                yield return package;
        }
        foreach ((Package package, DebianVersion? version) in Providers(relation.Name))
        {
            Charge(1);
            // What has a version is met by a provided version alone (Debian Policy 7.5).
            bool meant = relation.Version is null || (version is not null && relation.Accepts(version));
            if (meant && package.Name != relation.Name && IsLeft(package) && relation.AcceptsArchitecture(package))
                yield return package;
        }
    }

    /// <summary>Why nothing meets a dependency, as the end of a sentence that named it.</summary>
    public string WhyNothingMeets(Dependency dependency)
    {
        PackageRelation relation = dependency.Alternatives[0];
        if (_excluded.Contains(relation.Name))
            return "is excluded";
        List<Package> versions = [.. _index.Versions(relation.Name)];
        if (versions.Count == 0)
            return _index.Providers(relation.Name).Count == 0 ? "no index has" : "is met by no package that is left";
        if (_pinned.TryGetValue(relation.Name, out DebianVersion? pinned))
            return $"is asked for as {pinned}";
        return relation.Version is null ? "is met by no package that is left" : $"the indexes have as {string.Join(", ", versions.Take(3).Select(package => package.Version))}";
    }

    private bool IsLeft(Package package) => !_excluded.Contains(package.Name)
        && (!_pinned.TryGetValue(package.Name, out DebianVersion? version) || package.Version == version);

    private IReadOnlyList<(Package Package, DebianVersion? Version)> Providers(string name)
    {
        if (!_providers.TryGetValue(name, out IReadOnlyList<(Package Package, DebianVersion? Version)>? providers))
            _providers[name] = providers = _index.Providers(name);
        return providers;
    }

    private void Charge(int cost)
    {
        _cost += cost;
        if (_cost > MaxCost)
            throw IndexDamage.Error("The indexes", $"have more choices than can be looked at ({MaxCost:N0})");
    }

    private PackageRelation ReadWanted(string text)
    {
        int sign = text.IndexOf('=', StringComparison.Ordinal);
        string name = sign < 0 ? text : text[..sign];
        if (!PackageName.IsValid(name))
            throw Missing($"'{Quotation.Shorten(text)}' is not the name of a package", "Name each package as name or name=version.");
        if (sign < 0)
            return new(name, null, VersionOperator.None, null);
        if (!DebianVersion.TryParse(text[(sign + 1)..], out DebianVersion? version))
            throw Missing($"'{Quotation.Shorten(text)}' has no version after the equals sign", "Name each package as name or name=version.");
        if (!_pinned.TryAdd(name, version) && _pinned[name] != version)
        {
            throw new ImageException(ErrorIds.PackageConflict, ImageErrorKind.Request,
                $"{name} is asked for as {_pinned[name]} and as {version}.", "Ask for one version of a package.");
        }
        return new(name, null, VersionOperator.Equal, version);
    }

    private void CheckWanted(PackageRelation relation)
    {
        if (_excluded.Contains(relation.Name))
        {
            throw new ImageException(ErrorIds.DependencyUnmet, ImageErrorKind.Request,
                $"{relation.Name} is asked for and excluded.", "Take it out of one of the two lists.");
        }
        List<Package> versions = [.. _index.Versions(relation.Name)];
        if (versions.Count > 0 && relation.Version is not null && !versions.Any(package => relation.Accepts(package.Version)))
        {
            throw Missing($"No index has {relation.Name} in version {relation.Version}; there is {string.Join(", ", versions.Take(5).Select(package => package.Version))}",
                "Ask for one of these versions, or leave the version out.");
        }
        if (versions.Count == 0 && (relation.Version is not null || _index.Providers(relation.Name).Count == 0))
        {
            IReadOnlyList<string> near = _index.NearNames(relation.Name);
            throw Missing($"No index has a package {relation.Name}" + (near.Count == 0 ? "" : $"; did you mean {(near.Count == 1 ? near[0] : $"{string.Join(", ", near.SkipLast(1))} or {near[^1]}")}?"),
                "Correct the name, or add the component or repository that has the package.");
        }
    }

    private static ImageException Missing(string what, string action) => new(
        ErrorIds.PackageMissing, ImageErrorKind.Missing, what.EndsWith('?') ? what : what + ".", action);
}
