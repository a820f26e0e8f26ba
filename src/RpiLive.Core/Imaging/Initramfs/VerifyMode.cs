namespace RpiLive.Core.Imaging.Initramfs;

/// <summary>When /init checks the SHA-256 of the live root.</summary>
public enum VerifyMode
{
    /// <summary>When the root is copied to RAM, where the check runs beside the copy; not when it stays on the medium.</summary>
    Auto,

    /// <summary>Always; a root that stays on the medium is read once for it, which can take a minute.</summary>
    Yes,

    /// <summary>Never.</summary>
    No,
}
