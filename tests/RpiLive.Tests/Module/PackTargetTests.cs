using System.IO.Compression;
using System.Reflection;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

/// <summary>The target that packs the stage, by itself.</summary>
public sealed class PackTargetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Package => _folder["RpiLive.nupkg"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_stage_makes_the_same_package()
    {
        (int exitCode, string output) = Pack(Path.GetDirectoryName(Subjects.Module)!);
        Assert.True(exitCode == 0, output);
        Assert.Equal(File.ReadAllBytes(Subjects.Package), File.ReadAllBytes(Package));
    }

    [Fact]
    public void Files_that_were_signed_in_the_stage_are_packed_as_they_are()
    {
        string stage = CopyStage();
        string manifest = File.ReadAllText(Path.Join(stage, "RpiLive.psd1")) + "\n# SIG # Begin signature block\n# SIG # End signature block\n";
        File.WriteAllText(Path.Join(stage, "RpiLive.psd1"), manifest);
        (int exitCode, string output) = Pack(stage);
        Assert.True(exitCode == 0, output);
        using ZipArchive package = ZipFile.OpenRead(Package);
        using StreamReader packed = new(package.GetEntry("RpiLive.psd1")!.Open());
        Assert.Equal(manifest, packed.ReadToEnd());
    }

    [Theory]
    [InlineData("extra.txt", "The FileList of the manifest lacks extra.txt.")]
    [InlineData("LICENSE", "The FileList of the manifest has LICENSE, which the module has not.")]
    public void A_stage_that_differs_from_the_file_list_is_not_packed(string name, string message)
    {
        string stage = CopyStage(), file = Path.Join(stage, name);
        if (File.Exists(file))
            File.Delete(file);
        else
            File.WriteAllText(file, "");
        (int exitCode, string output) = Pack(stage);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("error PKG001: " + message, output, StringComparison.Ordinal);
        Assert.False(File.Exists(Package));
    }

    private string CopyStage()
    {
        string stage = Path.GetDirectoryName(Subjects.Module)!, copy = _folder["stage"];
        foreach (string file in Directory.GetFiles(stage, "*", SearchOption.AllDirectories))
        {
            string target = Path.Join(copy, Path.GetRelativePath(stage, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }

    private (int ExitCode, string Output) Pack(string stage)
    {
        // NuGet names the file by itself; it is moved to where every test looks for it.
        string made = _folder[Path.Join("out", Path.GetFileName(Subjects.Package))];
        (int ExitCode, string Output) result = Tools.TryRun("dotnet", "msbuild", Path.Join(Subjects.Repository, "src", "RpiLive", "RpiLive.csproj"),
            "-target:PackModule", "-nodeReuse:false", $"-property:Configuration={Configuration}", $"-property:RpiLiveStage={stage}/", $"-property:RpiLivePackage={made}");
        if (File.Exists(made))
            File.Move(made, Package);
        return result;
    }

    private static string Configuration { get; } = typeof(PackTargetTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
}
