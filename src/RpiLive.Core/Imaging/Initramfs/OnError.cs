namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>What /init does when it cannot start the live root.</summary>
public enum OnError
{
    /// <summary>Says why, again each minute, and waits for the power switch.</summary>
    Stop,

    /// <summary>Says why and restarts after 30 seconds.</summary>
    Reboot,

    /// <summary>Says why and opens a shell on the console.</summary>
    Shell,
}
