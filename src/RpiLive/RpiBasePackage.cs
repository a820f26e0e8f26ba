using RpiLive.Core.Imaging.Base;

namespace RpiLive;

/// <summary>A package of Debian in a base image. Its text is name and version.</summary>
public sealed class RpiBasePackage
{
    internal RpiBasePackage(BasePackage package)
    {
        Name = package.Name;
        Version = package.Version;
    }

    /// <summary>Name of the package.</summary>
    public string Name { get; }

    /// <summary>Version of the package.</summary>
    public string Version { get; }

    /// <summary>Name and version.</summary>
    public override string ToString() => $"{Name} {Version}";
}
