namespace RpiLive.Core.Imaging.Facts;

/// <summary>The Debian release that the root comes from. It labels; what to do is decided by probing the root.</summary>
public enum OperatingSystemFamily
{
    /// <summary>Any other release, older, newer or not Debian's.</summary>
    Other,

    /// <summary>Debian 11.</summary>
    Bullseye,

    /// <summary>Debian 12.</summary>
    Bookworm,

    /// <summary>Debian 13.</summary>
    Trixie,
}
