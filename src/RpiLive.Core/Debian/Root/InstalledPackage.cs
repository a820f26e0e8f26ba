using System.Text;
using RpiLive.Core.Debian.Deb;
using RpiLive.Core.Debian.Packages;

namespace RpiLive.Core.Debian.Root;

/// <summary>A package of a root.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Content">The unpacked package.</param>
internal sealed record InstalledPackage(string Name, string Version, DebPackage Content)
{
    private readonly IReadOnlyList<PackageRelation> _replaces = ReadReplaces(Content);

    /// <summary>What it does when it is installed.</summary>
    public MaintainerScript PostInstall { get; } = MaintainerScript.Parse(Content.ControlText("postinst"));

    /// <summary>What it does before it is unpacked.</summary>
    public MaintainerScript PreInstall { get; } = MaintainerScript.Parse(Content.ControlText("preinst"));

    /// <summary>True when it may take over files of another package.</summary>
    public bool DoesReplace(InstalledPackage other) => _replaces.Any(relation => relation.Name == other.Name && relation.Accepts(other.ParsedVersion));

    private DebianVersion ParsedVersion => DebianVersion.Parse(Version);

    private static List<PackageRelation> ReadReplaces(DebPackage content)
    {
        using MemoryStream control = new(content.Control["control"]);
        ControlReader reader = new(control, what => DebErrors.Corrupt(content.Name, $"its control file is damaged: {what}"));
        List<PackageRelation> relations = [];
        if (!reader.Read())
            throw DebErrors.Corrupt(content.Name, "its control file is empty");
        for (int field = 0; field < reader.FieldCount; field++)
        {
            if (Encoding.UTF8.GetString(reader.Name(field)).Equals("Replaces", StringComparison.OrdinalIgnoreCase))
                relations.AddRange(ParseList(content, Encoding.UTF8.GetString(reader.Value(field))).SelectMany(dependency => dependency.Alternatives));
        }
        return relations;
    }

    private static IReadOnlyList<Dependency> ParseList(DebPackage content, string text)
    {
        try
        {
            return Dependency.ParseList(text);
        }
        catch (FormatException e)
        {
            throw DebErrors.Corrupt(content.Name, $"its control file has a damaged field Replaces: {e.Message.TrimEnd('.')}");
        }
    }
}
