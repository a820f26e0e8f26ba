namespace RpiLive.Core.Debian.Packages;

/// <summary>The relation fields that an index keeps.</summary>
public enum RelationField
{
    /// <summary>Packages that must be configured before this one is unpacked.</summary>
    PreDepends,

    /// <summary>Packages that must be configured before this one is configured.</summary>
    Depends,

    /// <summary>Packages that cannot be unpacked at the same time.</summary>
    Conflicts,

    /// <summary>Packages that cannot be configured at the same time.</summary>
    Breaks,

    /// <summary>Virtual packages that this one stands for.</summary>
    Provides,
}
