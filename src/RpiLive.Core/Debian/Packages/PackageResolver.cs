using RpiLive.Core.Debian.Packages.Resolving;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Packages;

/// <summary>
/// Chooses packages that can be installed together on an empty system: what is wanted, and what that depends on. Of alternatives
/// it takes what is chosen anyway, else the first that works; for a virtual package a real one of the name, then by priority and
/// name; of versions the highest that works. Recommended packages are not followed. The same request to the same index has the
/// same answer.
/// </summary>
public sealed class PackageResolver
{
    private readonly PackageIndex _index;

    /// <summary>Takes the index to choose from.</summary>
    public PackageResolver(PackageIndex index) => _index = index;

    /// <summary>The packages to install, each after what it depends on, but for cycles; there, each after what it pre-depends on.</summary>
    /// <exception cref="ImageException">
    /// <see cref="ErrorIds.PackageMissing"/>: no index has a package that is wanted. <see cref="ErrorIds.DependencyUnmet"/>: a dependency
    /// that no index can meet, or no solution found with much work. <see cref="ErrorIds.PackageConflict"/>: packages that are needed exclude each other.
    /// <c>CorruptPackageIndex</c>: a field of a package that cannot be read, or too many choices to look at.
    /// </exception>
    public IReadOnlyList<Package> Resolve(PackageRequest request)
    {
        Candidates candidates = new(_index, request);
        PackageClauses clauses = new(candidates);
        Solver solver = new(clauses);
        if (!solver.Solve())
            throw new Explanation(candidates, clauses, solver).Explain();
        return new InstallOrder(clauses, solver).Sort();
    }
}
