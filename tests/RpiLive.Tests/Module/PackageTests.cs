using System.Buffers.Binary;
using System.Management.Automation;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

/// <summary>The package that the build made, and what a machine does with it that has .NET and the engine alone.</summary>
public sealed class PackageTests(PackagedModule package) : IClassFixture<PackagedModule>
{
    [Fact]
    public void It_says_of_itself_what_the_manifest_says()
    {
        PSModuleInfo manifest = package.ReadManifest();
        Assert.Equal(manifest.Name, package.Metadata["id"]);
        Assert.Equal(manifest.Version.ToString(), package.Metadata["version"]);
        Assert.Equal($"RpiLive.{manifest.Version}.nupkg", Path.GetFileName(Subjects.Package));
        Assert.Equal(manifest.Author, package.Metadata["authors"]);
        Assert.Equal(manifest.CompanyName, package.Metadata["owners"]);
        Assert.Equal(manifest.Copyright, package.Metadata["copyright"]);
        Assert.Equal(manifest.Description, package.Metadata["description"]);
        Assert.Equal(manifest.LicenseUri.OriginalString, package.Metadata["licenseUrl"]);
        Assert.Equal(manifest.ReleaseNotes.ReplaceLineEndings("\n"), package.Metadata["releaseNotes"]);
        Assert.NotEmpty(manifest.ReleaseNotes);
    }

    [Fact]
    public void Its_tags_tell_galleries_what_it_is_and_every_cmdlet()
    {
        PSModuleInfo manifest = package.ReadManifest();
        Assert.NotEmpty(manifest.ExportedCmdlets);
        Assert.Equal(
            ((string[])["PSModule", "PSIncludes_Cmdlet", .. manifest.Tags,
                .. manifest.ExportedCmdlets.Keys.SelectMany(name => (string[])["PSCmdlet_" + name, "PSCommand_" + name])]).Order(StringComparer.Ordinal),
            package.Metadata["tags"].Split(' ').Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Its_files_are_those_of_the_manifest_and_of_the_stage()
    {
        string stage = Path.GetDirectoryName(Subjects.Module)!, unpacked = Path.GetDirectoryName(package.Manifest)!;
        Assert.Equal(
            package.Files,
            package.ReadManifest().FileList.Select(file => Path.GetRelativePath(unpacked, file).Replace('\\', '/')).Order(StringComparer.Ordinal));
        Assert.Equal(
            package.Files,
            Directory.GetFiles(stage, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(stage, file).Replace('\\', '/')).Order(StringComparer.Ordinal));
        Assert.All(package.Files, file => Assert.Equal(File.ReadAllBytes(Path.Join(stage, file)), File.ReadAllBytes(Path.Join(unpacked, file))));
    }

    [Fact]
    public void Nothing_of_PowerShell_is_in_it()
    {
        HashSet<string?> engine = [.. Directory.GetFiles(Path.GetDirectoryName(Subjects.Host)!, "*.dll", SearchOption.AllDirectories).Select(Path.GetFileName)];
        Assert.Contains("System.Management.Automation.dll", engine);
        Assert.DoesNotContain(package.Files, file => engine.Contains(Path.GetFileName(file)));
    }

    [Fact]
    public void Its_icon_is_a_square_picture()
    {
        byte[] icon = File.ReadAllBytes(Path.Join(Path.GetDirectoryName(package.Manifest), package.Metadata["icon"]));
        Assert.Equal([0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n'], icon[..8]);
        Assert.Equal((128, 128), (BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(20))));
    }

    [Fact]
    public void Unpacked_into_a_module_path_it_makes_changes_and_tests_an_image()
    {
        using TemporaryFolder folder = new();
        FullPipeline pipeline = FullPipeline.Run(folder, before: "", new Dictionary<string, string>
        {
            ["RPILIVE_MODULE"] = "RpiLive",
            ["PSModulePath"] = package.ModulePath,
            ["PATH"] = folder.Path,
        });
        Assert.Equal(Path.GetDirectoryName(package.Manifest), pipeline.ModuleBase);
        Assert.Matches("^True [1-9][0-9]+ 0$", pipeline.Report);
        Assert.Equal(["RpiLive", "RpiLive.Core"], pipeline.Guests.Select(guest => guest.Split(' ')[0]));
    }
}
