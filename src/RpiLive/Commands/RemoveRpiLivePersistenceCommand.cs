using System.Management.Automation;
using RpiLive.Commands.Abstractions;
using RpiLive.Completion;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Persistence;
using RpiLive.Errors;

namespace RpiLive.Commands;

/// <summary>Lets directories of live images survive no longer.</summary>
[Cmdlet(VerbsCommon.Remove, "RpiLivePersistence", DefaultParameterSetName = LiteralPathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(RpiLiveImage))]
public sealed class RemoveRpiLivePersistenceCommand : EditImageCommand
{
    /// <summary>Directories that have a keep rule.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeepDirectoryCompleter))]
    public string[] Directory { get; set; } = [];

    /// <summary>Presets whose directories have keep rules.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public KeepPreset[] Preset { get; set; } = [];

    /// <summary>Everything that is kept.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Leave stores that nothing uses any more.</summary>
    [Parameter]
    public SwitchParameter KeepStore { get; set; }

    /// <summary>Checks what holds for every image, before the first is touched.</summary>
    protected override void BeginProcessing()
    {
        if (Directory.Length == 0 && Preset.Length == 0 && !All)
            ThrowTerminatingError(CommandErrors.ParametersDisagree("Nothing is said of what to keep no longer.", "Give -Directory, -Preset or -All."));
    }

    private protected override EditPlan Plan(EditState state, CancellationToken cancellation) => KeepPlanner.Plan(state, new ForgetRequest
    {
        Directories = Directory,
        Presets = Preset,
        All = All,
        KeepStores = KeepStore,
    });
}
