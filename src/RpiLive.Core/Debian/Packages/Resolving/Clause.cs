namespace RpiLive.Core.Debian.Packages.Resolving;

/// <summary>
/// Literals of which one is true. A literal is twice the number of a variable, which is a package that is installed where true, and
/// one more for its contrary.
/// </summary>
internal sealed class Clause(ClauseKind kind, int owner, Dependency? relation, int[] literals)
{
    /// <summary>Why it holds.</summary>
    public ClauseKind Kind => kind;

    /// <summary>The variable of the package whose field this is; its contrary is the first literal.</summary>
    public int Owner => owner;

    /// <summary>The member of the field, for messages; null for what has no field.</summary>
    public Dependency? Relation => relation;

    /// <summary>The literals; for a dependency those after the first are the choices, the preferred first.</summary>
    public ReadOnlySpan<int> Literals => literals;

    /// <summary>True for a dependency.</summary>
    public bool IsDependency => kind is ClauseKind.Depends or ClauseKind.PreDepends;

    /// <summary>One of the two literals that the solver watches.</summary>
    public int FirstWatch { get; set; }

    /// <summary>The other; the same one where there is only one literal.</summary>
    public int SecondWatch { get; set; }
}
