using RpiLive.Core.Tree;

namespace RpiLive.Core.Debian.Deb;

/// <summary>A file of a package.</summary>
/// <param name="Path">Absolute path as dpkg lists it: <c>/usr/bin/ls</c>, and <c>/.</c> for the root.</param>
/// <param name="Type">A directory, a regular file, or a hard or symbolic link.</param>
internal sealed record DebEntry(string Path, DebEntryType Type)
{
    /// <summary>Permission bits with setuid, setgid and sticky.</summary>
    public int Permissions { get; init; }

    /// <summary>Owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Group.</summary>
    public uint GroupId { get; init; }

    /// <summary>Time of the last change.</summary>
    public Timestamp ModifiedTime { get; init; }

    /// <summary>Target of a symbolic link as it is stored, or the absolute path that a hard link names.</summary>
    public string Target { get; init; } = "";

    /// <summary>Content of a regular file; null for what is left out.</summary>
    public FileContent? Content { get; init; }
}
