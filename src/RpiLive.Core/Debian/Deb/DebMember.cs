namespace RpiLive.Core.Debian.Deb;

/// <summary>A member of a .deb file.</summary>
/// <param name="Name">Its name, such as <c>data.tar.xz</c>.</param>
/// <param name="Offset">Its first byte in the file.</param>
/// <param name="Length">Its size in bytes.</param>
internal readonly record struct DebMember(string Name, long Offset, long Length);
