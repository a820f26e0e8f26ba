namespace RpiLive.Core.Cpio;

/// <summary>One member of a cpio archive.</summary>
/// <param name="Name">Path as stored, without a leading slash.</param>
/// <param name="Mode">File type and permissions as in stat(2) st_mode.</param>
/// <param name="Content">The bytes of a file or the target of a symbolic link.</param>
/// <param name="ModifiedTime">Seconds since 1970.</param>
/// <param name="Major">Major number of a device.</param>
/// <param name="Minor">Minor number of a device.</param>
public sealed record CpioEntry(string Name, uint Mode, ReadOnlyMemory<byte> Content, uint ModifiedTime, uint Major, uint Minor);
