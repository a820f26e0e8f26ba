namespace RpiLive.Core.Debian.Packages;

/// <summary>One member of a relation field (Debian Policy 7.1): packages of which one will do.</summary>
public sealed class Dependency
{
    internal Dependency(IReadOnlyList<PackageRelation> alternatives) => Alternatives = alternatives;

    /// <summary>At least one relation, the preferred one first.</summary>
    public IReadOnlyList<PackageRelation> Alternatives { get; }

    /// <summary>
    /// Reads the value of Depends, Pre-Depends, Recommends, Conflicts, Breaks, Provides, Replaces and their like. What a list of
    /// architectures in brackets takes away from arm64 is left out.
    /// </summary>
    /// <param name="text">The value, which may have several lines.</param>
    /// <exception cref="FormatException">Not such a list; the message quotes the place.</exception>
    public static IReadOnlyList<Dependency> ParseList(string text) => new DependencyParser(text).ReadList();

    /// <summary>The dependency as control files have it.</summary>
    public override string ToString() => string.Join(" | ", Alternatives);
}
