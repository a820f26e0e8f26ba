using System.Runtime.InteropServices;

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
        foreach ($name in 'RpiLive', 'RpiLive.Core', 'RpiLive.Codecs', 'ZstdNet', 'ZstdSharp') {
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

    private static IEnumerable<string> Contexts(HostResult result)
    {
        Assert.Empty(result.Error);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line[..line.LastIndexOf(' ')]).Order(StringComparer.Ordinal);
    }
}
