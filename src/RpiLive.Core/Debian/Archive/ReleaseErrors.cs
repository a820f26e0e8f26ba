using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Archive;

/// <summary>What a user reads when a Release file or an index is not as it should be.</summary>
public static class ReleaseErrors
{
    /// <summary>A Release file or an index breaks the rules of its format.</summary>
    /// <param name="name">Its address.</param>
    /// <param name="what">What is wrong; no full stop.</param>
    public static ImageException Corrupt(string name, string what) => new(
        "CorruptRelease", ImageErrorKind.Corrupt, $"{name}: {what}.",
        "Check the address of the mirror and the name of the suite, or name another mirror.");

    /// <summary>No trusted key vouches for a Release file.</summary>
    /// <param name="name">Its address.</param>
    /// <param name="what">What is wrong; no full stop.</param>
    public static ImageException Distrusted(string name, string what) => new(
        ErrorIds.SignatureInvalid, ImageErrorKind.Corrupt, $"{name}: {what}.",
        "Check the address of the mirror and whether a proxy changes what it passes on; give the key of a mirror that is not Debian's.");
}
