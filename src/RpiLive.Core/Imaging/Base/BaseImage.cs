namespace RpiLive.Core.Imaging.Base;

/// <summary>A base image that was made.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="Suite">The release of Debian.</param>
/// <param name="Profile">What it is for.</param>
/// <param name="HostName">Name of the computer.</param>
/// <param name="Kernel">Release of its kernel.</param>
/// <param name="Packages">Its packages, by name.</param>
/// <param name="Warnings">What the user should know.</param>
public sealed record BaseImage(
    string Path, long Length, string Suite, string Profile, string HostName, string Kernel, IReadOnlyList<BasePackage> Packages,
    IReadOnlyList<string> Warnings);
