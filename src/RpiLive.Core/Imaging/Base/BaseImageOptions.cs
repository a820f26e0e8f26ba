namespace RpiLive.Core.Imaging.Base;

/// <summary>What base image to make, and of what.</summary>
public sealed record BaseImageOptions
{
    /// <summary>The archive of Debian.</summary>
    public static readonly Uri DebianMirror = new("https://deb.debian.org/debian");

    /// <summary>The archive of Debian's security updates.</summary>
    public static readonly Uri DebianSecurityMirror = new("https://deb.debian.org/debian-security");

    /// <summary>Full path of the image.</summary>
    public required string DestinationPath { get; init; }

    /// <summary>Full path of the folder that keeps indexes and packages; made where it is not there.</summary>
    public required string CachePath { get; init; }

    /// <summary>The release of Debian.</summary>
    public BaseSuite Suite { get; init; } = BaseSuite.All[0];

    /// <summary>What the image is for.</summary>
    public BaseProfile Profile { get; init; } = BaseProfile.Minimal;

    /// <summary>More packages, each <c>NAME</c> or <c>NAME=VERSION</c>.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>Base address of the archive.</summary>
    public Uri Mirror { get; init; } = DebianMirror;

    /// <summary>Base address of the archive of security updates; null for none.</summary>
    public Uri? SecurityMirror { get; init; } = DebianSecurityMirror;

    /// <summary>Full path of a file of OpenPGP keys that sign the mirror besides Debian's own; null for none.</summary>
    public string? KeyringPath { get; init; }

    /// <summary>Name of the computer: letters, digits and hyphens, at most 63.</summary>
    public string HostName { get; init; } = "raspberrypi";

    /// <summary>Public keys that may log in as root by SSH, one line each.</summary>
    public IReadOnlyList<string> AuthorizedKeys { get; init; } = [];

    /// <summary>Size of the image in bytes; 0 for what the packages need and some 256 MiB more.</summary>
    public long Length { get; init; }

    /// <summary>True to replace a file that is there.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Told the facts of the work, as sentences, from any thread; may be null.</summary>
    public Action<string>? OnFact { get; init; }
}
