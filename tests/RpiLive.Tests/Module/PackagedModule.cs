using System.IO.Compression;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Xml.Linq;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

/// <summary>The package that the build made, unpacked into a module path as Install-PSResource does.</summary>
public sealed class PackagedModule : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PackagedModule()
    {
        string target = Path.Join(ModulePath, "RpiLive", Path.GetFileName(Path.GetDirectoryName(Subjects.Module)));
        using ZipArchive package = ZipFile.OpenRead(Subjects.Package);
        package.ExtractToDirectory(target);
        Entries = [.. package.Entries.Select(entry => entry.FullName)];
        XElement metadata = XDocument.Load(Path.Join(target, "RpiLive.nuspec")).Root!.Elements().Single();
        Metadata = metadata.Elements().ToDictionary(element => element.Name.LocalName, element => element.Value);
        foreach (string part in Entries.Where(IsPackagePart))
            File.Delete(Path.Join(target, part));
        Manifest = Path.Join(target, "RpiLive.psd1");
    }

    /// <summary>What a clean machine would have in PSModulePath.</summary>
    public string ModulePath => _folder["Modules"];

    /// <summary>The manifest as it was unpacked.</summary>
    public string Manifest { get; }

    /// <summary>The names of all that is in the package.</summary>
    public IReadOnlyList<string> Entries { get; }

    /// <summary>What the nuspec says.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The files of the module among the entries.</summary>
    public IEnumerable<string> Files => Entries.Where(entry => !IsPackagePart(entry)).Order(StringComparer.Ordinal);

    /// <summary>What PowerShell reads in the manifest.</summary>
    public PSModuleInfo ReadManifest()
    {
        using PowerShell shell = PowerShell.Create(InitialSessionState.CreateDefault2());
        PSModuleInfo info = shell.AddCommand("Test-ModuleManifest").AddParameter("Path", Manifest).Invoke<PSModuleInfo>().Single();
        Assert.Empty(shell.Streams.Error);
        return info;
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>What is about the package and no part of the module.</summary>
    private static bool IsPackagePart(string entry) =>
        entry is "[Content_Types].xml" or "RpiLive.nuspec" || entry.StartsWith("_rels/", StringComparison.Ordinal) || entry.StartsWith("package/", StringComparison.Ordinal);
}
