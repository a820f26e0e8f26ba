using System.Globalization;
using System.Management.Automation;
using System.Text;
using RpiLive.Commands.Abstractions;
using RpiLive.Completion;
using RpiLive.Core.Errors;
using RpiLive.Core.Imaging.Editing;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Imaging.Persistence;
using RpiLive.Errors;
using RpiLive.Validation;

namespace RpiLive.Commands;

/// <summary>Lets directories of live images survive, and says where.</summary>
[Cmdlet(VerbsCommon.Set, "RpiLivePersistence", DefaultParameterSetName = LiteralPathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(RpiLiveImage))]
public sealed class SetRpiLivePersistenceCommand : EditImageCommand
{
    private const int MiB = 1 << 20;

    private static readonly string[] s_storeParameters =
    [
        nameof(Target), nameof(StoreName), nameof(Label), nameof(Uuid), nameof(Grow), nameof(OnMissing), nameof(TimeoutSeconds), nameof(ReadOnly),
        nameof(FlushInterval),
    ];

    private KeepRequest _request = new();

    /// <summary>Directories of the image to keep.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeepDirectoryCompleter))]
    public string[] Directory { get; set; } = [];

    /// <summary>How -Directory is kept.</summary>
    [Parameter]
    public KeepMode Mode { get; set; } = KeepMode.Overlay;

    /// <summary>Sets of directories that people ask for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public KeepPreset[] Preset { get; set; } = [];

    /// <summary>A persistence.conf of live-boot whose directories are kept.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ConfigurationFile { get; set; }

    /// <summary>Where the data are kept.</summary>
    [Parameter]
    public StoreKind Target { get; set; }

    /// <summary>Name of the store.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StoreNameCompleter))]
    public string? StoreName { get; set; }

    /// <summary>Label of the USB volume.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VolumeLabelCompleter))]
    public string? Label { get; set; }

    /// <summary>UUID of the USB volume.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Uuid { get; set; }

    /// <summary>Bytes of the store on the card, of the container file on a USB volume, or of a directory in RAM.</summary>
    [Parameter]
    [ValidateRange(MiB, long.MaxValue)]
    [ArgumentCompleter(typeof(StoreSizeCompleter))]
    public long Size { get; set; }

    /// <summary>The most of the RAM that a directory with -Mode Tmpfs takes.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int Percent { get; set; }

    /// <summary>Fill the card with the partition at the first start.</summary>
    [Parameter]
    public SwitchParameter Grow { get; set; }

    /// <summary>A folder of the host whose content fills -Directory.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Seed { get; set; }

    /// <summary>Owner of what -Seed brings.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Owner { get; set; }

    /// <summary>Group of what -Seed brings.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Group { get; set; }

    /// <summary>Permissions of the files that -Seed brings.</summary>
    [Parameter]
    [ValidateFileMode]
    public string? FileMode { get; set; }

    /// <summary>Permissions of the directories that -Seed brings.</summary>
    [Parameter]
    [ValidateFileMode]
    public string? DirectoryMode { get; set; }

    /// <summary>What the start does when the store is not there.</summary>
    [Parameter]
    public OnMissing OnMissing { get; set; } = OnMissing.Pristine;

    /// <summary>Seconds to wait for the store.</summary>
    [Parameter]
    [ValidateRange(Store.MinSeconds, Store.MaxSeconds)]
    public int TimeoutSeconds { get; set; }

    /// <summary>Read the store and never write it.</summary>
    [Parameter]
    public SwitchParameter ReadOnly { get; set; }

    /// <summary>Seconds between writes; 0 for the file system's own.</summary>
    [Parameter]
    [ValidateRange(0, Store.MaxSeconds)]
    public int FlushInterval { get; set; }

    private bool IsTmpfs => Mode == KeepMode.Tmpfs;

    /// <summary>Checks what holds for every image, before the first is touched.</summary>
    protected override void BeginProcessing()
    {
        CheckTogether();
        _request = new KeepRequest
        {
            Directories = Directory,
            Mode = Mode,
            TmpfsSize = !IsTmpfs ? null : Given(nameof(Percent)) ? new(Percent, true) : Given(nameof(Size)) ? new((int)(Size / MiB), false) : null,
            Presets = Preset,
            Imported = ConfigurationFile is null ? [] : ReadConfiguration(ConfigurationFile),
            Seed = Seed is null ? null : new SeedOptions
            {
                Folder = ResolveExisting(Seed, isFolder: true),
                Owner = Owner,
                Group = Group,
                FileMode = Octal(FileMode),
                DirectoryMode = Octal(DirectoryMode),
            },
            Store = new StoreRequest
            {
                Name = StoreName,
                Kind = Given(nameof(Target)) ? Target : null,
                Label = Label,
                Uuid = Uuid,
                Length = !IsTmpfs && Given(nameof(Size)) ? Size : null,
                Grow = Given(nameof(Grow)) ? Grow.IsPresent : null,
                OnMissing = Given(nameof(OnMissing)) ? OnMissing : null,
                TimeoutSeconds = Given(nameof(TimeoutSeconds)) ? TimeoutSeconds : null,
                ReadOnly = Given(nameof(ReadOnly)) ? ReadOnly.IsPresent : null,
                FlushInterval = Given(nameof(FlushInterval)) ? FlushInterval : null,
            },
        };
    }

    private protected override EditPlan Plan(EditState state, CancellationToken cancellation) => KeepPlanner.Plan(state, _request, cancellation);

    private static int? Octal(string? mode) => mode is null ? null : Convert.ToInt32(mode, 8);

    private void CheckTogether()
    {
        string? stores = s_storeParameters.Append(nameof(Size)).FirstOrDefault(Given);
        if (Directory.Length == 0 && Preset.Length == 0 && ConfigurationFile is null && stores is null)
            Refuse("Nothing is said of what to keep.", "Give -Directory, -Preset or -ConfigurationFile; or -StoreName and what is to change about a store.");
        if (Given(nameof(Mode)) && Directory.Length == 0)
            Refuse("-Mode is for -Directory; presets and configuration files have modes of their own.", "Give -Directory, or leave -Mode out.");
        if (Given(nameof(Percent)) && (!IsTmpfs || Given(nameof(Size))))
            Refuse("-Percent is for -Mode Tmpfs, in place of -Size.", "Give -Size alone, or -Mode Tmpfs with -Percent.");
        if (Seed is null && ((string[])[nameof(Owner), nameof(Group), nameof(FileMode), nameof(DirectoryMode)]).FirstOrDefault(Given) is { } unused)
            Refuse($"-{unused} is for what -Seed brings.", $"Give -Seed, or leave -{unused} out.");
        if (!IsTmpfs)
            return;
        if (Preset.Length > 0 || ConfigurationFile is not null)
            Refuse("With -Mode Tmpfs nothing is kept, so it cannot stand beside -Preset or -ConfigurationFile.", "Use two commands, one after the other.");
        if (s_storeParameters.Append(nameof(Seed)).FirstOrDefault(Given) is { } kept)
            Refuse($"With -Mode Tmpfs nothing is kept, so it needs no -{kept}.", $"Leave -{kept} out, or choose -Mode Overlay or Bind.");
        if (Size / MiB > MemorySize.MaxMebibytes)
            Refuse($"A directory in RAM cannot have {Size:N0} bytes.", $"Give a -Size from 1MB to {MemorySize.MaxMebibytes}MB, or -Percent.");
    }

    private void Refuse(string what, string action) => ThrowTerminatingError(CommandErrors.ParametersDisagree(what, action));

    private IReadOnlyList<PersistenceConfEntry> ReadConfiguration(string path)
    {
        string full = ResolveExisting(path, isFolder: false);
        try
        {
            if (new FileInfo(full).Length > PersistenceConf.MaxLength)
                ThrowTerminatingError(CommandErrors.FileUnreadable(path, string.Create(CultureInfo.InvariantCulture, $"it has more than {PersistenceConf.MaxLength:N0} bytes"), null));
            return PersistenceConf.Parse(File.ReadAllText(full, Encoding.UTF8), full);
        }
        catch (ImageException error)
        {
            ThrowTerminatingError(CommandErrors.FromEngine(error, full, destination: null));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(CommandErrors.FileUnreadable(path, cause.Message, cause));
        }
        return [];
    }
}
