using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Deb;

/// <summary>Errors of packages.</summary>
internal static class DebErrors
{
    /// <summary>A package that breaks the rules of its format.</summary>
    /// <param name="name">The path of the package.</param>
    /// <param name="what">What is wrong; no full stop.</param>
    public static ImageException Corrupt(string name, string what) => new(
        "CorruptDeb", ImageErrorKind.Corrupt, $"{name}: {what}.",
        "Use another mirror, and tell the maintainers of this one: the package has the SHA-256 that its index gives, so it was damaged before it was published.");
}
