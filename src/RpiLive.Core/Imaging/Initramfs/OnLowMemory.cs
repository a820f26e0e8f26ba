namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>What /init does when the root does not fit in RAM and nobody said that it must.</summary>
public enum OnLowMemory
{
    /// <summary>Runs from the medium, read-only, and says so.</summary>
    Medium,

    /// <summary>Stops and says what is missing.</summary>
    Stop,
}
