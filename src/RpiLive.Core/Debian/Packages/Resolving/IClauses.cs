namespace RpiLive.Core.Debian.Packages.Resolving;

/// <summary>Where a <see cref="Solver"/> has its clauses from: those of a variable are made when it becomes true for the first time.</summary>
internal interface IClauses
{
    /// <summary>Variables that are named so far, from 0, which is true from the start.</summary>
    int Count { get; }

    /// <summary>All clauses with the contrary of a variable that follow from the package of that variable; may name new variables.</summary>
    IReadOnlyList<Clause> Of(int variable);

    /// <summary>True where all literals that are not false yet are versions of one package.</summary>
    bool IsOnePackage(Clause clause, Solver solver);
}
