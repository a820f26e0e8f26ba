namespace RpiLive.Core.Imaging.Base;

/// <summary>A package on this computer, verified.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">Its SHA-256, lower-case hex.</param>
/// <param name="Path">Its file.</param>
internal sealed record PackageFile(string Name, string Version, string Sha256, string Path);
