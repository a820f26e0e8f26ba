namespace RpiLive.Core.Imaging.Facts;

/// <summary>The families of chips on Raspberry Pi boards.</summary>
public enum SocFamily
{
    /// <summary>BCM2835: ARMv6, 32-bit only.</summary>
    Bcm2835,

    /// <summary>BCM2836: ARMv7, 32-bit only.</summary>
    Bcm2836,

    /// <summary>BCM2837 and BCM2710A1: ARMv8, starts a 32-bit kernel unless told otherwise.</summary>
    Bcm2837,

    /// <summary>BCM2711: ARMv8, starts a 64-bit kernel unless told otherwise.</summary>
    Bcm2711,

    /// <summary>BCM2712: ARMv8, 64-bit kernels only.</summary>
    Bcm2712,
}
