namespace RpiLive.Core.Debian.Archive;

/// <summary>A file that a Release file vouches for.</summary>
/// <param name="Path">Below the folder of the suite, such as <c>main/binary-arm64/Packages.xz</c>.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">64 lower-case hex digits.</param>
public sealed record ReleaseEntry(string Path, long Size, string Sha256);
