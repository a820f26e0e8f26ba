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
    /// <summary>Names of packages whose files it may take over.</summary>
    public IReadOnlySet<string> Replaces { get; } = ReplacedBy(Content);

    /// <summary>What it does when it is installed.</summary>
    public MaintainerScript PostInstall { get; } = MaintainerScript.Parse(Content.ControlText("postinst"));

    /// <summary>What it does before it is unpacked.</summary>
    public MaintainerScript PreInstall { get; } = MaintainerScript.Parse(Content.ControlText("preinst"));

    private static HashSet<string> ReplacedBy(DebPackage content)
    {
        using MemoryStream control = new(content.Control["control"]);
        ControlReader reader = new(control, what => DebErrors.Corrupt(content.Name, $"its control file is damaged: {what}"));
        HashSet<string> names = new(StringComparer.Ordinal);
        if (!reader.Read())
            throw DebErrors.Corrupt(content.Name, "its control file is empty");
        for (int field = 0; field < reader.FieldCount; field++)
        {
            if (Encoding.UTF8.GetString(reader.Name(field)).Equals("Replaces", StringComparison.OrdinalIgnoreCase))
                names.UnionWith(ParseList(content, Encoding.UTF8.GetString(reader.Value(field))).SelectMany(dependency => dependency.Alternatives).Select(relation => relation.Name));
        }
        return names;
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
