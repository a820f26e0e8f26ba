using RpiLive.Tests.Support;
using RpiLive.Tests.Testing;

namespace RpiLive.Tests.Module;

/// <summary>A stock image through all cmdlets that make and change images, in a process of its own.</summary>
internal sealed class FullPipeline
{
    /// <summary>Progress and warnings go to standard error, which is for errors here; the small stock image has no e2fsck, and warns.</summary>
    private const string Quiet = "$ProgressPreference = $WarningPreference = 'SilentlyContinue'\n";

    private const string Script = """
        $report = New-RpiLiveImage stock.img live.img -CompressionLevel 1 |
            Set-RpiLivePersistence -Directory /home, /srv -Target Partition -Size 16MB -Grow |
            Add-RpiLiveZram -Percent 50 |
            Test-RpiLiveImage
        "report $($report.IsValid) $($report.Passed) $($report.Failed)"
        "base $((Get-Module RpiLive).ModuleBase)"
        "runtime $([System.IO.Path]::GetDirectoryName([object].Assembly.Location))"
        foreach ($context in [System.Runtime.Loader.AssemblyLoadContext]::All) {
            foreach ($assembly in $context.Assemblies) {
                "assembly $($context.Name)|$($assembly.GetName().Name)|$($assembly.GetName().Version)|$($assembly.Location)"
            }
        }
        """;

    private readonly string[] _lines;

    private FullPipeline(string[] lines) => _lines = lines;

    /// <summary>Whether the test found the image sound, the number of checks that passed, and of those that failed.</summary>
    public string Report => Line("report");

    /// <summary>The folder that the module was loaded from.</summary>
    public string ModuleBase => Line("base");

    /// <summary>All assemblies of the process at its end.</summary>
    public IEnumerable<LoadedAssembly> Assemblies => _lines.Where(line => line.StartsWith("assembly ", StringComparison.Ordinal))
        .Select(line => line["assembly ".Length..].Split('|')).Select(parts => new LoadedAssembly(parts[0], parts[1], parts[2], parts[3]));

    /// <summary>Assemblies of the default context that belong neither to .NET nor to the engine and its host, each with its version.</summary>
    public IEnumerable<string> Guests => Assemblies
        .Where(assembly => assembly is { Context: "Default", Location.Length: > 0 }
            && !IsIn(assembly.Location, Line("runtime")) && !IsIn(assembly.Location, Path.GetDirectoryName(Subjects.Host)!))
        .Select(assembly => $"{assembly.Name} {assembly.Version}").Order(StringComparer.Ordinal);

    /// <summary>Puts a stock image into the folder and runs the pipeline there; <paramref name="before"/> runs first.</summary>
    public static FullPipeline Run(TemporaryFolder folder, string before, IReadOnlyDictionary<string, string>? environment)
    {
        if (!File.Exists(folder["stock.img"]))
            GoodImages.Stock("trixie").Write(folder);
        HostResult result = HostProcess.Run(Quiet + before + "\n" + Script, folder: folder.Path, environment: environment);
        Assert.Empty(result.Error);
        Assert.Equal(0, result.ExitCode);
        return new FullPipeline(result.Output.Split('\n'));
    }

    private static bool IsIn(string path, string folder) => path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private string Line(string key) => _lines.Single(line => line.StartsWith(key + " ", StringComparison.Ordinal))[(key.Length + 1)..];
}
