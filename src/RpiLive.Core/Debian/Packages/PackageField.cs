namespace RpiLive.Core.Debian.Packages;

/// <summary>The fields that an index keeps of a package.</summary>
internal enum PackageField : byte
{
    None,
    Package,
    Version,
    Architecture,
    Essential,
    Priority,
    MultiArch,
    Section,
    PreDepends,
    Depends,
    Conflicts,
    Breaks,
    Provides,
    FileName,
    Size,
    Sha256,
    InstalledSize,
}
