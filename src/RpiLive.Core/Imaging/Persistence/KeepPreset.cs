namespace RpiLive.Core.Imaging.Persistence;

/// <summary>Sets of directories for what people ask to be kept.</summary>
public enum KeepPreset
{
    /// <summary>/var/log.</summary>
    Logs,

    /// <summary>/home and /root.</summary>
    Home,

    /// <summary>What Docker, containerd and Podman hold, as Bind: they cannot work on an overlay.</summary>
    Containers,

    /// <summary>Machine id, SSH host keys, and the random seed and clock of systemd.</summary>
    Identity,

    /// <summary>Saved connections, Wi-Fi networks and leases.</summary>
    Network,
}
