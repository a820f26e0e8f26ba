using System.Runtime.InteropServices;

namespace RpiLive.Core.Debian.Packages.Resolving;

/// <summary>The fields of packages as clauses. Variable 0 is the request, the others are packages as they come up.</summary>
internal sealed class PackageClauses : IClauses
{
    private readonly Candidates _candidates;
    private readonly List<Package?> _packages = [null];
    private readonly Dictionary<Package, int> _variables = [];
    private readonly List<IReadOnlyList<Clause>?> _clauses = [];

    public PackageClauses(Candidates candidates) => _candidates = candidates;

    /// <inheritdoc/>
    public int Count => _packages.Count;

    /// <summary>The package of a variable; null for the request.</summary>
    public Package? Package(int variable) => _packages[variable];

    /// <inheritdoc/>
    public IReadOnlyList<Clause> Of(int variable)
    {
        while (_clauses.Count <= variable)
            _clauses.Add(null);
        return _clauses[variable] ??= [.. Make(variable)];
    }

    /// <inheritdoc/>
    public bool IsOnePackage(Clause clause, Solver solver)
    {
        string? name = null;
        foreach (int literal in clause.Literals[1..])
        {
            if (solver.IsFalse(literal))
                continue;
            string other = _packages[literal >> 1]!.Name;
            if (other != (name ??= other))
                return false;
        }
        return true;
    }

    private IEnumerable<Clause> Make(int variable)
    {
        if (_packages[variable] is not { } package)
        {
            foreach (Dependency root in _candidates.Roots)
                yield return Depends(ClauseKind.Depends, variable, root);
            yield break;
        }
        foreach (Dependency dependency in package.Relations(RelationField.PreDepends))
            yield return Depends(ClauseKind.PreDepends, variable, dependency);
        foreach (Dependency dependency in package.Relations(RelationField.Depends))
            yield return Depends(ClauseKind.Depends, variable, dependency);
        foreach (Package other in _candidates.Versions(package.Name))
        {
            if (other != package)
                yield return Exclude(ClauseKind.Versions, variable, null, other);
        }
        foreach (Clause clause in Exclude(ClauseKind.Conflicts, variable, package, RelationField.Conflicts))
            yield return clause;
        foreach (Clause clause in Exclude(ClauseKind.Breaks, variable, package, RelationField.Breaks))
            yield return clause;
    }

    private Clause Depends(ClauseKind kind, int owner, Dependency dependency)
    {
        List<int> literals = [owner * 2 + 1];
        HashSet<int> seen = [];
        foreach (PackageRelation relation in dependency.Alternatives)
        {
            foreach (Package package in _candidates.Meeting(relation))
            {
                int literal = Variable(package) * 2;
                // A package may be an alternative by its name and by what it provides; the solver takes each literal once.
                if (seen.Add(literal))
                    literals.Add(literal);
            }
        }
        return new(kind, owner, dependency, [.. literals]);
    }

    /// <summary>What a package conflicts with, but not itself and other versions of it, which exclude each other anyway.</summary>
    private IEnumerable<Clause> Exclude(ClauseKind kind, int owner, Package package, RelationField field)
    {
        foreach (Dependency relation in package.Relations(field))
        {
            foreach (Package other in _candidates.Meeting(relation.Alternatives[0]))
            {
                if (other.Name != package.Name)
                    yield return Exclude(kind, owner, relation, other);
            }
        }
    }

    private Clause Exclude(ClauseKind kind, int owner, Dependency? relation, Package other) =>
        new(kind, owner, relation, [owner * 2 + 1, Variable(other) * 2 + 1]);

    private int Variable(Package package)
    {
        ref int variable = ref CollectionsMarshal.GetValueRefOrAddDefault(_variables, package, out bool known);
        if (!known)
        {
            variable = _packages.Count;
            _packages.Add(package);
        }
        return variable;
    }
}
