using System.Management.Automation;
using RpiLive.Commands.Abstractions;
using RpiLive.Completion;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Imaging.Zram;
using RpiLive.Errors;

namespace RpiLive.Commands;

/// <summary>Gives live images swap on zram, that is in compressed RAM.</summary>
[Cmdlet(VerbsCommon.Add, "RpiLiveZram", DefaultParameterSetName = LiteralPathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(RpiLiveImage))]
public sealed class AddRpiLiveZramCommand : EditImageCommand
{
    private const int MiB = 1 << 20;
    private const long MinBytes = (long)ZramSettings.MinMebibytes * MiB, MaxBytes = (long)MemorySize.MaxMebibytes * MiB;

    private ZramSettings _zram = new();

    /// <summary>Size of the swap in percent of the RAM, before compression.</summary>
    [Parameter]
    [ValidateRange(1, ZramSettings.MaxPercent)]
    public int Percent { get; set; } = ZramSettings.DefaultPercent;

    /// <summary>Size of the swap in bytes, before compression.</summary>
    [Parameter]
    [ValidateRange(MinBytes, MaxBytes)]
    [ArgumentCompleter(typeof(StoreSizeCompleter))]
    public long Size { get; set; }

    /// <summary>How zram compresses.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ZramAlgorithmCompleter))]
    public string? Algorithm { get; set; }

    /// <summary>Priority among swap devices; -1 leaves it to the kernel.</summary>
    [Parameter]
    [ValidateRange(-1, ZramSettings.MaxPriority)]
    public int Priority { get; set; } = new ZramSettings().Priority;

    /// <summary>How readily the kernel swaps, against dropping pages of files.</summary>
    [Parameter]
    [ValidateRange(0, ZramSettings.MaxSwappiness)]
    public int Swappiness { get; set; } = new ZramSettings().Swappiness;

    /// <summary>Power of two of pages that come back from swap at once.</summary>
    [Parameter]
    [ValidateRange(0, ZramSettings.MaxPageCluster)]
    public int PageCluster { get; set; }

    /// <summary>The most bytes of RAM that the compressed data take.</summary>
    [Parameter]
    [ValidateRange(MinBytes, MaxBytes)]
    [ArgumentCompleter(typeof(StoreSizeCompleter))]
    public long MemoryLimit { get; set; }

    /// <summary>Replace zram that the image has already.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Checks what holds for every image, before the first is touched.</summary>
    protected override void BeginProcessing()
    {
        if (Given(nameof(Percent)) && Given(nameof(Size)))
            ThrowTerminatingError(CommandErrors.ParametersDisagree("The size is given twice, by -Percent and by -Size.", "Give one of them."));
        _zram = new ZramSettings
        {
            Size = Given(nameof(Size)) ? InMebibytes(Size) : new MemorySize(Percent, true),
            Algorithm = Algorithm?.ToLowerInvariant(),
            Priority = Priority,
            Limit = Given(nameof(MemoryLimit)) ? InMebibytes(MemoryLimit) : null,
            Swappiness = Swappiness,
            PageCluster = PageCluster,
        };
    }

    private protected override EditPlan Plan(EditState state, CancellationToken cancellation) => ZramPlanner.Plan(state, _zram, Force);

    private static MemorySize InMebibytes(long bytes) => new((int)(bytes / MiB), false);
}
