using RpiLive.Core.Imaging.Base;

namespace RpiLive;

/// <summary>A base image, as New-RpiBaseImage writes it to the pipeline: a stock image for New-RpiLiveImage.</summary>
public sealed class RpiBaseImage
{
    internal RpiBaseImage(BaseImage image)
    {
        Path = image.Path;
        Length = image.Length;
        Suite = image.Suite;
        Profile = image.Profile;
        HostName = image.HostName;
        Kernel = image.Kernel;
        Packages = image.Packages.Select(package => new RpiBasePackage(package)).ToArray();
        Warnings = image.Warnings.ToArray();
    }

    /// <summary>File name of the image.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Full path of the image file.</summary>
    public string Path { get; }

    /// <summary>Size of the image file in bytes.</summary>
    public long Length { get; }

    /// <summary>Code name of the release of Debian.</summary>
    public string Suite { get; }

    /// <summary>What it is for: Minimal or Rescue.</summary>
    public string Profile { get; }

    /// <summary>Name of the computer.</summary>
    public string HostName { get; }

    /// <summary>Release of the kernel, as <c>uname -r</c> says it.</summary>
    public string Kernel { get; }

    /// <summary>The packages in it, by name.</summary>
    public IReadOnlyList<RpiBasePackage> Packages { get; }

    /// <summary>What the user should know of it.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
