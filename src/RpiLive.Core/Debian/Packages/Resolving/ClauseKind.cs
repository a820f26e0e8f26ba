namespace RpiLive.Core.Debian.Packages.Resolving;

/// <summary>Why a <see cref="Clause"/> holds.</summary>
internal enum ClauseKind
{
    /// <summary>A package needs one of others; the request needs them where there is no owner.</summary>
    Depends,

    /// <summary>The same, before it is unpacked.</summary>
    PreDepends,

    /// <summary>Two packages of which one names the other in Conflicts.</summary>
    Conflicts,

    /// <summary>Two packages of which one names the other in Breaks.</summary>
    Breaks,

    /// <summary>Two versions of one package.</summary>
    Versions,

    /// <summary>Follows from others: the solver found it out.</summary>
    Learned,
}
