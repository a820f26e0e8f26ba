namespace RpiLive.Core.Debian.Archive;

/// <summary>The verified Release file of a suite on a mirror.</summary>
/// <param name="Mirror">The root of the mirror.</param>
/// <param name="Suite">Name of the folder below <c>dists</c>.</param>
/// <param name="File">The Release file.</param>
/// <param name="Signature">Who signed it.</param>
/// <param name="IsFromCache">True when the mirror could not be reached, so that this is the one that it had last time.</param>
/// <param name="Warnings">What a user should know, a sentence each.</param>
public sealed record SuiteRelease(
    Uri Mirror, string Suite, ReleaseFile File, SignedText Signature, bool IsFromCache, IReadOnlyList<string> Warnings)
{
    /// <summary>The address of a file of the suite.</summary>
    /// <param name="path">Below the folder of the suite.</param>
    public Uri UriOf(string path) => MirrorPath.Combine(Mirror, $"dists/{Suite}/{path}");
}
