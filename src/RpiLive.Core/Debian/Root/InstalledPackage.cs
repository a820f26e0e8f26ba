using RpiLive.Core.Debian.Deb;
using RpiLive.Core.Debian.Packages;

namespace RpiLive.Core.Debian.Root;

/// <summary>A package of a root.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Content">The unpacked package.</param>
internal sealed record InstalledPackage(string Name, string Version, DebPackage Content)
{
    /// <summary>Its control file.</summary>
    public ControlParagraph Control { get; } = ControlParagraph.Parse(Content.Control["control"], "Deb", Content.Name);

    /// <summary>Its name as dpkg's records have it: with the architecture where it can be there for several.</summary>
    public string QualifiedName => "same".Equals(Control["Multi-Arch"], StringComparison.OrdinalIgnoreCase) ? Name + ":arm64" : Name;

    /// <summary>What it does when it is installed.</summary>
    public MaintainerScript PostInstall { get; } = MaintainerScript.Parse(Content.ControlText("postinst"));

    /// <summary>What it does before it is unpacked.</summary>
    public MaintainerScript PreInstall { get; } = MaintainerScript.Parse(Content.ControlText("preinst"));

    /// <summary>True when it may take over files of another package.</summary>
    public bool DoesReplace(InstalledPackage other) =>
        Replaces.Any(relation => relation.Name == other.Name && relation.Accepts(DebianVersion.Parse(other.Version)));

    private IEnumerable<PackageRelation> Replaces
    {
        get
        {
            try
            {
                return Dependency.ParseList(Control["Replaces"] ?? "").SelectMany(dependency => dependency.Alternatives);
            }
            catch (FormatException e)
            {
                throw DebErrors.Corrupt(Content.Name, $"its control file has a damaged field Replaces: {e.Message.TrimEnd('.')}");
            }
        }
    }
}
