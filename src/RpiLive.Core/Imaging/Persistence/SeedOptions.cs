namespace RpiLive.Core.Imaging.Persistence;

/// <summary>A folder of the host that fills a kept directory, and whose it is on the Pi.</summary>
public sealed record SeedOptions
{
    /// <summary>Full path of the folder; what is in it goes into the kept directory.</summary>
    public required string Folder { get; init; }

    /// <summary>Owner of everything: a name that the image knows, or a number. Null for the owner of the directory in the image, or root.</summary>
    public string? Owner { get; init; }

    /// <summary>
    /// Group of everything, likewise; null for the login group of an <see cref="Owner"/> given by name, else for the group of the directory in
    /// the image, or root.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>
    /// Permissions of files, 0 to 0o7777; null for 0644. A file that the host can execute may be so by all who may read it: by its mode
    /// on Unix; on Windows where it starts like a script or an ELF program.
    /// </summary>
    public int? FileMode { get; init; }

    /// <summary>Permissions of directories; null for those of the directory in the image, or 0755.</summary>
    public int? DirectoryMode { get; init; }
}
