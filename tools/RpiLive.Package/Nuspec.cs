using System.Xml.Linq;

namespace RpiLive.Package;

/// <summary>
/// Writes the nuspec of a module. Elements and their sources in the manifest are those of Publish-PSResource (PSResourceGet,
/// PublishHelper.CreateNuspec): the Gallery reads licenseUrl and owners, which NuGet itself has given up. Without a
/// list of files NuGet packs the whole folder, each file in its place.
/// </summary>
internal static class Nuspec
{
    private const string Icon = "icon.png";

    private static readonly XNamespace s_nuspec = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd";

    public static void Write(ModuleManifest manifest, string path)
    {
        XElement metadata = new(s_nuspec + "metadata",
            Element("id", manifest.Name),
            Element("version", manifest.Value("ModuleVersion")),
            Element("authors", manifest.Value("Author")),
            Element("owners", manifest.Value("CompanyName")),
            Element("requireLicenseAcceptance", "false"),
            Element("licenseUrl", manifest.Value("LicenseUri")),
            Element("icon", Icon),
            Element("description", manifest.Value("Description")),
            Element("releaseNotes", manifest.Value("ReleaseNotes").ReplaceLineEndings("\n")),
            Element("copyright", manifest.Value("Copyright")),
            Element("tags", string.Join(' ', Tags(manifest))));
        new XDocument(new XElement(s_nuspec + "package", metadata)).Save(path);
    }

    /// <summary>
    /// PSModule makes it a module, not a script; the others are what Find-PSResource -CommandName looks for. Publish-Module of
    /// PowerShellGet 2 wrote them all, Publish-PSResource writes the first alone.
    /// </summary>
    private static IEnumerable<string> Tags(ModuleManifest manifest) =>
    [
        "PSModule",
        .. manifest.List("Tags"),
        "PSIncludes_Cmdlet",
        .. manifest.List("CmdletsToExport").SelectMany(name => (string[])["PSCmdlet_" + name, "PSCommand_" + name]),
    ];

    private static XElement Element(string name, string value) => new(s_nuspec + name, value);
}
