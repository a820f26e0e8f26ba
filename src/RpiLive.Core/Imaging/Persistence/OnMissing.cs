namespace RpiLive.Core.Imaging.Persistence;

/// <summary>What the start does when a store is not there, or cannot be used.</summary>
public enum OnMissing
{
    /// <summary>Waits without end for a store that is not there; stops at one that cannot be used.</summary>
    Wait,

    /// <summary>After the time to wait, starts without it: its directories are as in the image, and nothing of them is kept.</summary>
    Pristine,

    /// <summary>After the time to wait, does not start.</summary>
    Stop,
}
