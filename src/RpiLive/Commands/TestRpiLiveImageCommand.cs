using System.Globalization;
using System.Management.Automation;
using RpiLive.Building;
using RpiLive.Commands.Abstractions;
using RpiLive.Completion;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Testing;
using RpiLive.Core.Testing.Boot;
using RpiLive.Errors;
using RpiLive.Isolation;
using RpiLive.Reporting;

namespace RpiLive.Commands;

/// <summary>Tests live images: structure, safety, fit for boards, and with -Boot a start in QEMU.</summary>
[Cmdlet(VerbsDiagnostic.Test, "RpiLiveImage", DefaultParameterSetName = LiteralPathSet)]
[OutputType(typeof(RpiLiveTestReport), typeof(bool))]
public sealed class TestRpiLiveImageCommand : ImagePathCommand
{
    private readonly List<RpiLiveTestReport> _reports = [];
    private readonly List<ModelRequirement> _models = [];
    private readonly List<(string Name, string Message)> _untested = [];
    private WildcardPattern[] _excluded = [];
    private string? _junitPath;
    private string? _consolePath;
    private QemuProgram? _qemu;
    private ICodecs? _codecs;

    /// <summary>What to test; all but the boot when left away.</summary>
    [Parameter]
    public CheckCategory[] Category { get; set; } = [];

    /// <summary>Ids of checks that are not made, with wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CheckIdCompleter))]
    public string[] Exclude { get; set; } = [];

    /// <summary>Boards that the image must run on from RAM, such as 'Pi 4B 2GB'.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PiModelCompleter))]
    public string[] Model { get; set; } = [];

    /// <summary>Emits true or false in place of a report.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>A file of all results for build servers.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? JUnitPath { get; set; }

    /// <summary>Starts the image in QEMU, twice, on a view of it that takes all writes.</summary>
    [Parameter]
    public SwitchParameter Boot { get; set; }

    /// <summary>The program qemu-system-aarch64 or qemu-system-arm; looked for when left away.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? QemuPath { get; set; }

    /// <summary>The most seconds of one boot.</summary>
    [Parameter]
    [ValidateRange(10, 86400)]
    public int BootTimeoutSeconds { get; set; } = 600;

    /// <summary>A file for all that the serial port showed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ConsoleLogPath { get; set; }

    /// <summary>Checks the parameters.</summary>
    protected override void BeginProcessing()
    {
        _excluded = [.. Exclude.Select(pattern => new WildcardPattern(pattern, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant))];
        foreach (string pattern in Exclude.Where((_, index) => !CheckKinds.All.Any(kind => _excluded[index].IsMatch(kind.Id))))
            ThrowTerminatingError(CommandErrors.CheckMissing(pattern));
        foreach (string name in Model)
        {
            IReadOnlyList<ModelRequirement> models = ModelRequirement.Parse(name);
            if (models.Count == 0)
                ThrowTerminatingError(CommandErrors.ModelMissing(name));
            _models.AddRange(models);
        }
        if (!Boot && (QemuPath ?? ConsoleLogPath) is not null)
            ThrowTerminatingError(CommandErrors.ParametersDisagree("-QemuPath and -ConsoleLogPath are about a boot, and -Boot was not given.", "Add -Boot."));
        if (Category.Length > 0 && Category.Contains(CheckCategory.Boot) != Boot)
            ThrowTerminatingError(CommandErrors.ParametersDisagree("-Boot and the category Boot go together.", "Give both or neither; without -Category everything is tested."));
        if (!CheckKinds.All.Any(IsAsked))
            ThrowTerminatingError(CommandErrors.ParametersDisagree("No check is left to be made.", "Exclude less, or name another category."));
        _junitPath = ResolveOutput(JUnitPath);
        _consolePath = ResolveOutput(ConsoleLogPath);
        if (Boot)
            _qemu = FindQemu();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string file in ResolveInput())
        {
            if (TryTest(file) is not { } report)
                continue;
            if (_junitPath is not null)
                _reports.Add(report);
            if (Quiet)
                WriteObject(report.IsValid);
            else
                WriteWithPath(report, report.Path);
        }
    }

    /// <summary>Writes the file for build servers.</summary>
    protected override void EndProcessing()
    {
        if (_junitPath is null)
            return;
        try
        {
            JUnitReport.Write(_junitPath, _reports, _untested);
        }
        catch (ImageException error)
        {
            WriteError(CommandErrors.FromEngine(error, _junitPath, _junitPath));
        }
    }

    private bool IsAsked(CheckKind kind) => (Category.Length == 0 ? Boot || kind.Category != CheckCategory.Boot : Category.Contains(kind.Category)) && !IsExcluded(kind);

    private bool IsExcluded(CheckKind kind) => _excluded.Any(pattern => pattern.IsMatch(kind.Id));

    /// <summary>The full path of a file that is to be written; ends the command where it cannot be.</summary>
    private string? ResolveOutput(string? path)
    {
        if (path is null)
            return null;
        string? full = ResolveLiteral(path, out ErrorRecord? error);
        if (full is not null && System.IO.Path.GetDirectoryName(full) is { } folder && !Directory.Exists(folder))
            error = CommandErrors.FolderMissing(folder);
        else if (full is not null && Directory.Exists(full))
            error = CommandErrors.PathNotFile(path);
        if (error is not null)
            ThrowTerminatingError(error);
        return full;
    }

    private QemuProgram? FindQemu()
    {
        if (QemuPath is null)
            return RunPumped(QemuProgram.Find, static () => { });
        string full = ResolveExisting(QemuPath, isFolder: false);
        try
        {
            return RunPumped(cancellation => QemuProgram.At(full, cancellation), static () => { });
        }
        catch (ImageException fault)
        {
            ThrowTerminatingError(CommandErrors.FromEngine(fault, full, destination: null));
            return null;
        }
    }

    private RpiLiveTestReport? TryTest(string file)
    {
        try
        {
            return Test(file);
        }
        catch (ImageException error)
        {
            Give(CommandErrors.FromEngine(error, file, destination: null), file);
        }
        catch (Exception error) when (error is not (RuntimeException or FlowControlException))
        {
            Give(CommandErrors.Unexpected(error, file), file);
        }
        return null;
    }

    /// <summary>An error, which the file for build servers has too.</summary>
    private void Give(ErrorRecord error, string file)
    {
        _untested.Add((System.IO.Path.GetFileName(file), error.ToString()));
        WriteError(error);
    }

    private RpiLiveTestReport Test(string file)
    {
        ICodecs codecs = _codecs ??= CodecLoader.Create();
        ImageTestOptions options = new()
        {
            Categories = Category,
            IsExcluded = IsExcluded,
            Models = _models,
        };
        TestMeter meter = new($"Testing {System.IO.Path.GetFileName(file)}", TimeProvider.System);
        if (Boot)
        {
            options = options with
            {
                Boot = new BootOptions
                {
                    Qemu = _qemu,
                    Timeout = TimeSpan.FromSeconds(BootTimeoutSeconds),
                    ConsoleLogPath = _consolePath,
                    Progress = meter.Boot,
                },
            };
        }
        WriteStep($"{file}: testing.");
        try
        {
            RpiLiveTestReport report = new(RunPumped(
                cancellation => new ImageTest(codecs).Run(file, options, meter.Read, cancellation),
                () =>
                {
                    WriteSteps(meter);
                    WriteProgress(meter.Current());
                }));
            WriteSteps(meter);
            foreach (RpiLiveCheck check in report.Checks)
                WriteDebug($"{file}: {check}");
            WriteStep(string.Create(CultureInfo.InvariantCulture, $"{file}: {report.Checks.Count} checks in {report.DurationSeconds:0.0} s."));
            return report;
        }
        finally
        {
            // A stopped pipeline takes no more records; its progress bars are gone already.
            if (!Stopping)
                WriteProgress(meter.Completed());
        }
    }

    private void WriteSteps(TestMeter meter)
    {
        foreach (string step in meter.TakeSteps())
            WriteStep(step);
    }
}
