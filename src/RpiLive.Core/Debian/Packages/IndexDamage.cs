using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Packages;

/// <summary>The error that an index of packages is damaged.</summary>
internal static class IndexDamage
{
    /// <summary>Makes it.</summary>
    /// <param name="index">The name of the index.</param>
    /// <param name="what">What is wrong; no full stop.</param>
    public static ImageException Error(string index, string what) => new(
        "CorruptPackageIndex", ImageErrorKind.Corrupt, $"{index}: {what}.",
        "Download the index again; where it stays so, use another mirror, or ask whoever runs the archive to correct it.");
}
