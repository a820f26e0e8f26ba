using System.Text;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Packages.Resolving;

/// <summary>Says in words why a request cannot be met, by the reasons that the solver has for its conclusions.</summary>
internal sealed class Explanation
{
    /// <summary>Steps of a chain of dependencies that a message tells, from each of its ends.</summary>
    private const int MaxSteps = 6;

    private readonly Candidates _candidates;
    private readonly PackageClauses _clauses;
    private readonly Solver _solver;

    public Explanation(Candidates candidates, PackageClauses clauses, Solver solver)
    {
        _candidates = candidates;
        _clauses = clauses;
        _solver = solver;
    }

    /// <summary>The error after <see cref="Solver.Solve"/> without success.</summary>
    public ImageException Explain()
    {
        if (_solver.Contradiction is { Kind: not ClauseKind.Learned } plain)
            return plain.IsDependency ? Unmet(plain) : Conflict(Exclusion(plain), plain);
        string start = _solver.Contradiction is null ? "No solution was found with much work" : "No choice among the alternatives works";
        return _solver.LastContradiction switch
        {
            null => Unmet($"{start}."),
            { IsDependency: true } last =>
                Unmet($"{start}; at the last, {_clauses.Package(last.Owner)?.Name ?? "the request"} depends on {last.Relation}, but nothing that meets this can be installed with the rest."),
            { } last => Conflict($"{start}; at the last, {Exclusion(last)}."),
        };
    }

    private ImageException Unmet(Clause clause)
    {
        StringBuilder text = new(Chain(clause.Owner));
        for (int steps = 0; ; steps++)
        {
            // The request needs what is wanted itself.
            if (clause.Owner != 0)
                text.Append(" depends on ").Append(clause.Relation);
            if (clause.Literals.Length == 1)
            {
                string why = clause.Relation!.Alternatives.Count > 1 ? "no index can meet" : _candidates.WhyNothingMeets(clause.Relation);
                return Unmet(text.Append(clause.Owner == 0 ? $"{clause.Relation}, which " : ", which ").Append(why).Append('.').ToString());
            }
            int choice = clause.Literals[1] >> 1;
            Package package = _clauses.Package(choice)!;
            Clause? reason = _solver.Reason(choice);
            if (reason is null or { Kind: ClauseKind.Learned } || steps == MaxSteps)
                return Unmet(text.Append(text.Length == 0 ? "" : "; ").Append(package).Append(" cannot be installed with the rest.").ToString());
            if (!reason.IsDependency)
                return Conflict(text.Append(text.Length == 0 ? "" : "; ").Append(Exclusion(reason)).ToString(), reason, choice);
            text.Append(text.Length == 0 ? package.Name : Link(clause.Relation!, package));
            clause = reason;
        }
    }

    /// <summary>From what is wanted, or the first of the last steps, to a package: <c>a depends on b, which depends on c, which</c>.</summary>
    private string Chain(int variable)
    {
        List<string> parts = [];
        bool isWhole = false;
        for (int steps = 0; variable != 0 && steps < MaxSteps; steps++)
        {
            Package package = _clauses.Package(variable)!;
            Clause? reason = _solver.Reason(variable);
            isWhole = reason is { IsDependency: true, Owner: 0 };
            if (reason is not { IsDependency: true } || isWhole || steps == MaxSteps - 1)
            {
                parts.Add(package.Name);
                break;
            }
            parts.Add($" depends on {reason.Relation}{Link(reason.Relation!, package)}");
            variable = reason.Owner;
        }
        parts.Reverse();
        return string.Concat(parts);
    }

    private static string Link(Dependency relation, Package package) =>
        relation.Alternatives.Count == 1 && relation.Alternatives[0].Name == package.Name ? ", which" : $"; {package.Name}";

    /// <summary>What a clause says that two packages exclude each other by.</summary>
    private string Exclusion(Clause clause)
    {
        Package owner = _clauses.Package(clause.Owner)!, other = _clauses.Package(clause.Literals[1] >> 1)!;
        if (clause.Kind == ClauseKind.Versions)
            return $"{owner} and {other} are versions of one package";
        string verb = clause.Kind == ClauseKind.Breaks ? "breaks" : "conflicts with";
        string provided = clause.Relation!.Alternatives[0].Name == other.Name ? "" : $", which {other.Name} provides";
        return $"{owner.Name} {verb} {clause.Relation}{provided}";
    }

    /// <summary>The error, with where the packages come from, but for one that the text tells of already.</summary>
    private ImageException Conflict(string text, Clause clause, int told = -1)
    {
        StringBuilder message = new(text);
        message.Append('.');
        foreach (int literal in clause.Literals)
        {
            int variable = literal >> 1;
            if (variable == told || _solver.Reason(variable) is not { IsDependency: true } reason)
                continue;
            Package package = _clauses.Package(variable)!;
            message.Append(' ').Append(
                reason.Owner != 0 ? $"{Chain(reason.Owner)} depends on {reason.Relation}"
                : _candidates.IsWanted(package.Name) ? $"{package.Name} is asked for"
                : $"{package.Name} is {(package.IsEssential ? "essential" : package.Priority == PackagePriority.Required ? "required" : "asked for")}");
            message.Append('.');
        }
        return Conflict(message.ToString());
    }

    private static ImageException Conflict(string message) => new(
        ErrorIds.PackageConflict, ImageErrorKind.Request, message, "Ask for one of the two only, or for another package that does the same.");

    private static ImageException Unmet(string message) => new(
        ErrorIds.DependencyUnmet, ImageErrorKind.Missing, message,
        "Add the component or repository that has what is missing, exclude less, or leave out the package that needs it.");
}
