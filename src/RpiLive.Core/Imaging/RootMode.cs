namespace RpiLive.Core.Imaging;

/// <summary>Where the live root lives while the system runs.</summary>
public enum RootMode
{
    /// <summary>In RAM when it fits, else on the boot medium, read-only.</summary>
    Auto,

    /// <summary>In RAM; the boot stops where it does not fit.</summary>
    Ram,

    /// <summary>On the boot medium, read-only, which must stay in its slot.</summary>
    Medium,
}
