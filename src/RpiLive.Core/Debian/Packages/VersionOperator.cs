namespace RpiLive.Core.Debian.Packages;

/// <summary>How the version of a package has to compare with that of a relation (Debian Policy 7.1).</summary>
public enum VersionOperator
{
    /// <summary>Any version will do.</summary>
    None,

    /// <summary><c>&lt;&lt;</c></summary>
    Earlier,

    /// <summary><c>&lt;=</c>, and the old <c>&lt;</c>.</summary>
    EarlierOrEqual,

    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>&gt;=</c>, and the old <c>&gt;</c>.</summary>
    LaterOrEqual,

    /// <summary><c>&gt;&gt;</c></summary>
    Later,
}
