using System.Management.Automation;
using RpiLive.Commands.Abstractions;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Zram;

namespace RpiLive.Commands;

/// <summary>Takes swap on zram out of live images.</summary>
[Cmdlet(VerbsCommon.Remove, "RpiLiveZram", DefaultParameterSetName = LiteralPathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(RpiLiveImage))]
public sealed class RemoveRpiLiveZramCommand : EditImageCommand
{
    private protected override EditPlan Plan(EditState state, CancellationToken cancellation) => ZramPlanner.PlanRemoval(state);
}
