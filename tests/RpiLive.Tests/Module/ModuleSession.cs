using System.Management.Automation;
using System.Management.Automation.Runspaces;
using RpiLive.Core.Imaging;
using RpiLive.Tests.Support;

namespace RpiLive.Tests.Module;

/// <summary>A runspace of the real engine with the staged module and the fake commands, its location in a folder of its own.</summary>
internal sealed class ModuleSession : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Runspace _runspace;

    public ModuleSession()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry("New-FakeImage", typeof(FakeBuildCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Get-FakeImage", typeof(FakeOpenCommand), null));
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
        _runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(_folder.Path));
        Build = WriteSample;
        using PowerShell import = PowerShell.Create(_runspace);
        import.AddCommand("Import-Module").AddParameter("Name", Subjects.Module).AddParameter("ErrorAction", ActionPreference.Stop).Invoke();
    }

    /// <summary>The session's location.</summary>
    public string Folder => _folder.Path;

    /// <summary>What New-FakeImage runs.</summary>
    public Func<LiveImageOptions, IProgress<BuildProgress>, CancellationToken, LiveImage> Build
    {
        set => _runspace.SessionStateProxy.SetVariable("Build", value);
    }

    /// <summary>The options of every fake build of this session.</summary>
    public List<LiveImageOptions> Builds { get; } = [];

    /// <summary>Makes a file in the session's folder.</summary>
    public string File(string name)
    {
        string path = _folder[name];
        System.IO.File.WriteAllBytes(path, new byte[1024]);
        return path;
    }

    /// <summary>Runs a script to its end; an error that ends it is the last of the errors.</summary>
    public ModuleResult Run(string script)
    {
        using PowerShell shell = Start(script);
        List<PSObject> output = [];
        List<ErrorRecord> errors = [];
        try
        {
            shell.Invoke(null, output);
        }
        catch (RuntimeException error)
        {
            errors.Add(error.ErrorRecord);
        }
        return new ModuleResult(
            output,
            [.. shell.Streams.Error, .. errors],
            [.. shell.Streams.Warning.Select(record => record.Message)],
            [.. shell.Streams.Verbose.Select(record => record.Message)],
            [.. shell.Streams.Progress]);
    }

    /// <summary>What tab completion offers at the end of a line.</summary>
    public string[] Complete(string line) => [.. Run(
        $"$line = '{line.Replace("'", "''", StringComparison.Ordinal)}'; [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches | ForEach-Object {{ $_.CompletionText }}").Texts];

    /// <summary>A script ready to be started by the caller.</summary>
    public PowerShell Start(string script) => PowerShell.Create(_runspace).AddScript(script);

    public void Dispose()
    {
        _runspace.Dispose();
        _folder.Dispose();
    }

    private LiveImage WriteSample(LiveImageOptions options, IProgress<BuildProgress> progress, CancellationToken cancellation)
    {
        // Where facts go is no matter of what is built.
        Builds.Add(options with { OnFact = null });
        foreach (BuildStage stage in Enum.GetValues<BuildStage>())
            progress.Report(new BuildProgress(stage, 50, 100));
        System.IO.File.WriteAllText(options.DestinationPath, "live");
        return Samples.Image(options.DestinationPath);
    }
}
