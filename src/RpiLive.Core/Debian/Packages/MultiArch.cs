namespace RpiLive.Core.Debian.Packages;

/// <summary>The field Multi-Arch.</summary>
public enum MultiArch
{
    /// <summary>Not said.</summary>
    No,

    /// <summary>May lie beside itself for another architecture.</summary>
    Same,

    /// <summary>Serves packages of any architecture.</summary>
    Foreign,

    /// <summary>Serves packages of any architecture that say <c>:any</c>.</summary>
    Allowed,
}
