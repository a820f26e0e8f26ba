using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

/// <summary>Third-party codecs live in a context of their own; seen from a fresh process that knows only the staged module.</summary>
public sealed class IsolationTests
{
    private const string UseCodecs = """
        $codecs = [System.Reflection.Assembly]::Load('RpiLive.Codecs')
        $all = [System.Activator]::CreateInstance($codecs.GetType('RpiLive.Codecs.ThirdPartyCodecs'))
        $all.Zstd.CreateCompressor($all.Zstd.DefaultLevel, 4096).Dispose()
        $all.Zstd.CreateDecompressor().Dispose()
        """;

    private const string TellContexts = """
        foreach ($name in 'RpiLive', 'RpiLive.Core', 'RpiLive.Codecs', 'BouncyCastle.Cryptography', 'ZstdNet', 'ZstdSharp') {
            foreach ($assembly in [System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq $name }) {
                $name + ' ' + [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($assembly).Name + ' ' + $assembly.GetName().Version
            }
        }
        """;

    [Fact]
    public void Import_alone_loads_no_codec()
    {
        HostResult result = HostProcess.Run(TellContexts);
        Assert.Equal(["RpiLive Default", "RpiLive.Core Default"], Contexts(result));
    }

    [Fact]
    public void The_codecs_and_their_libraries_load_into_their_own_context_and_share_the_core()
    {
        HostResult result = HostProcess.Run(UseCodecs + "\n" + TellContexts);
        Assert.Equal(
            ["RpiLive Default", "RpiLive.Codecs RpiLive.Codecs", "RpiLive.Core Default", "ZstdNet RpiLive.Codecs", "ZstdSharp RpiLive.Codecs"],
            Contexts(result));
    }

    [Fact]
    public void A_signature_loads_its_own_library_and_no_other()
    {
        HostResult result = HostProcess.Run("""
            $codecs = [System.Reflection.Assembly]::Load('RpiLive.Codecs')
            $signatures = [System.Activator]::CreateInstance($codecs.GetType('RpiLive.Codecs.OpenPgp.OpenPgpSignatures'), @($null, $null))
            """ + "\n" + TellContexts + "\n'-'\n" + """
            $nothing = "-----BEGIN PGP SIGNED MESSAGE-----`nHash: SHA512`n`nx`n-----BEGIN PGP SIGNATURE-----`n`niAAA`n-----END PGP SIGNATURE-----`n"
            try { $null = $signatures.Verify([System.Text.Encoding]::ASCII.GetBytes($nothing), 'x') } catch { }
            """ + "\n" + TellContexts);
        Assert.Empty(result.Error);
        string[] parts = result.Output.Split("-\n");
        Assert.Equal(["RpiLive", "RpiLive.Core", "RpiLive.Codecs"], Names(parts[0]));
        Assert.Equal(["RpiLive", "RpiLive.Core", "RpiLive.Codecs", "BouncyCastle.Cryptography"], Names(parts[1]));
        Assert.Contains("BouncyCastle.Cryptography RpiLive.Codecs ", parts[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_of_a_library_loaded_before_is_not_used()
    {
        HostResult result = HostProcess.Run(
            $"$null = [System.Reflection.Assembly]::LoadFrom('{Subjects.OldZstd}')\n{UseCodecs}\n{TellContexts}");
        Assert.Empty(result.Error);
        Assert.Contains("ZstdSharp Default 0.7.3.0", result.Output, StringComparison.Ordinal);
        Assert.Contains("ZstdSharp RpiLive.Codecs 0.8.8.0", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_C_library_of_the_module_loads_where_it_can_run()
    {
        bool canRun = RuntimeInformation.RuntimeIdentifier is "linux-x64" or "linux-arm64" or "win-x64" or "win-arm64" or "osx-x64" or "osx-arm64";
        Assert.SkipUnless(canRun, $"the module carries no library for {RuntimeInformation.RuntimeIdentifier}");
        HostResult result = HostProcess.Run(UseCodecs + "\n$all.IsNative");
        Assert.Equal("True", result.Output.Trim());
    }

    [Fact]
    public void No_library_is_in_the_default_context_after_the_full_pipeline()
    {
        using TemporaryFolder folder = new();
        FullPipeline pipeline = FullPipeline.Run(folder, before: "", environment: null);
        Assert.Matches("^True [1-9][0-9]+ 0$", pipeline.Report);
        Assert.Equal(["RpiLive", "RpiLive.Core"], pipeline.Guests.Select(guest => guest.Split(' ')[0]));
        AssertOwnCodecs(pipeline);
    }

    /// <summary>The one library is older than the module's, the other newer: the loader would take a newer one for both.</summary>
    [Fact]
    public void Two_modules_with_other_versions_of_the_libraries_change_nothing()
    {
        using TemporaryFolder folder = new();
        string older = NewModule(folder, "Older", "ZstdSharp"), newer = NewModule(folder, "Newer", "ZstdNet");
        File.Copy(Subjects.OldZstd, Path.Join(Path.GetDirectoryName(older), "ZstdSharp.dll"));
        PersistedAssemblyBuilder library = new(new AssemblyName("ZstdNet") { Version = new Version(9, 0, 0, 0) }, typeof(object).Assembly);
        library.DefineDynamicModule("ZstdNet");
        library.Save(Path.Join(Path.GetDirectoryName(newer), "ZstdNet.dll"));

        FullPipeline alone = FullPipeline.Run(folder, before: "", environment: null);
        byte[] expected = File.ReadAllBytes(folder["live.img"]);
        File.Delete(folder["live.img"]);
        FullPipeline together = FullPipeline.Run(
            folder, $"Import-Module '{newer}', '{Subjects.Module}'", new Dictionary<string, string> { ["RPILIVE_MODULE"] = older });

        Assert.Equal(alone.Report, together.Report);
        Assert.Equal(expected, File.ReadAllBytes(folder["live.img"]));
        Assert.Equal([.. alone.Guests, "ZstdNet 9.0.0.0", "ZstdSharp 0.7.3.0"], together.Guests);
        AssertOwnCodecs(together);
    }

    /// <summary>The codecs that worked came out of the module, in their own context.</summary>
    private static void AssertOwnCodecs(FullPipeline pipeline)
    {
        string[] own = [.. pipeline.Assemblies.Where(assembly => assembly.Location.StartsWith(Path.Join(pipeline.ModuleBase, "dependencies"), StringComparison.Ordinal))
            .Select(assembly => $"{assembly.Context} {assembly.Name}").Order(StringComparer.Ordinal)];
        Assert.Equal(["RpiLive.Codecs RpiLive.Codecs", "RpiLive.Codecs ZstdNet", "RpiLive.Codecs ZstdSharp"], own);
    }

    /// <summary>A module that brings a library along; the library itself is the caller's to add.</summary>
    private static string NewModule(TemporaryFolder folder, string name, string library)
    {
        string path = Path.Join(Directory.CreateDirectory(folder[name]).FullName, name + ".psd1");
        File.WriteAllText(path, $"@{{ ModuleVersion = '1.0'; RequiredAssemblies = '{library}.dll' }}");
        return path;
    }

    private static IEnumerable<string> Names(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]);

    private static IEnumerable<string> Contexts(HostResult result)
    {
        Assert.Empty(result.Error);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line[..line.LastIndexOf(' ')]).Order(StringComparer.Ordinal);
    }
}
