namespace RpiLive.Core.Debian.Deb;

/// <summary>What a package can hold; devices and pipes are made by scripts and services, never shipped.</summary>
internal enum DebEntryType
{
    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>Another name of a file of the same package.</summary>
    HardLink,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,
}
