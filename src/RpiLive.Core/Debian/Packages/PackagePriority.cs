namespace RpiLive.Core.Debian.Packages;

/// <summary>The priority of a package (Debian Policy 2.5), the most needed first.</summary>
public enum PackagePriority
{
    /// <summary>Needed for the package system to work.</summary>
    Required,

    /// <summary>What one expects of any Unix-like system.</summary>
    Important,

    /// <summary>A small system without graphics.</summary>
    Standard,

    /// <summary>Everything else.</summary>
    Optional,

    /// <summary>The old name for rarely wanted packages; also any priority that Policy does not know, and none.</summary>
    Extra,
}
