namespace RpiLive.Core.Debian.Packages;

/// <summary>One package that a relation names: <c>name[:qualifier] [(operator version)]</c>.</summary>
/// <param name="Name">The name of a package, real or virtual.</param>
/// <param name="Qualifier">What stands after the colon: <c>any</c>, <c>native</c> or an architecture; null without colon.</param>
/// <param name="Operator">How the version has to compare.</param>
/// <param name="Version">The version to compare with; null exactly where <paramref name="Operator"/> is <see cref="VersionOperator.None"/>.</param>
public sealed record PackageRelation(string Name, string? Qualifier, VersionOperator Operator, DebianVersion? Version)
{
    /// <summary>True where a package of this name and <paramref name="version"/> is meant.</summary>
    public bool Accepts(DebianVersion version)
    {
        if (Version is null)
            return true;
        int order = version.CompareTo(Version);
        return Operator switch
        {
            VersionOperator.Earlier => order < 0,
            VersionOperator.EarlierOrEqual => order <= 0,
            VersionOperator.Equal => order == 0,
            VersionOperator.LaterOrEqual => order >= 0,
            VersionOperator.Later => order > 0,
            _ => true,
        };
    }

    /// <summary>
    /// True where <paramref name="package"/> is of an architecture that is meant, in a system of one architecture:
    /// <c>:any</c> takes what is <c>Multi-Arch: allowed</c> alone, as dpkg does.
    /// </summary>
    public bool AcceptsArchitecture(Package package) => Qualifier switch
    {
        null or "native" or PackageIndex.Architecture => true,
        "any" => package.MultiArch == MultiArch.Allowed,
        _ => false,
    };

    /// <summary>The relation as control files have it.</summary>
    public override string ToString()
    {
        string name = Qualifier is null ? Name : $"{Name}:{Qualifier}";
        string? sign = Operator switch
        {
            VersionOperator.Earlier => "<<",
            VersionOperator.EarlierOrEqual => "<=",
            VersionOperator.Equal => "=",
            VersionOperator.LaterOrEqual => ">=",
            VersionOperator.Later => ">>",
            _ => null,
        };
        return sign is null ? name : $"{name} ({sign} {Version})";
    }
}
