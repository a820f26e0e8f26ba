using System.Management.Automation;
using RpiLive.Building;
using RpiLive.Commands.Abstractions;
using RpiLive.Completion;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Errors;
using RpiLive.Isolation;
using RpiLive.Validation;

namespace RpiLive.Commands;

/// <summary>Makes live images of stock images.</summary>
[Cmdlet(VerbsCommon.New, "RpiLiveImage", DefaultParameterSetName = LiteralPathSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(RpiLiveImage))]
public class NewRpiLiveImageCommand : ImagePathCommand
{
    private const int MaxGzipLevel = 9;
    private const int MaxZstdLevel = 22;
    private const long MaxReserve = (long)MemorySize.MaxMebibytes << 20;

    private readonly HashSet<string> _made = new(OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
    private Destination? _destination;
    private string? _busyBox;
    private string? _scratch;

    /// <summary>The live image file, or the folder that it goes to.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string DestinationPath { get; set; } = "";

    /// <summary>Where the root lives while the Pi runs.</summary>
    [Parameter]
    public RootMode RootMode { get; set; } = RootMode.Auto;

    /// <summary>What the Pi does when the root does not fit in its RAM.</summary>
    [Parameter]
    public OnLowMemory OnLowMemory { get; set; } = OnLowMemory.Medium;

    /// <summary>The most RAM that what is written can take: percent of what is left, or a size.</summary>
    [Parameter]
    [ValidateMemorySize]
    public string? UpperSize { get; set; }

    /// <summary>Bytes of RAM that must stay available after the root was copied there.</summary>
    [Parameter]
    [ValidateRange(0L, MaxReserve)]
    public long Reserve { get; set; }

    /// <summary>How the root is compressed.</summary>
    [Parameter]
    public RootCompression Compression { get; set; } = RootCompression.Auto;

    /// <summary>Level of the codec: 1 to 22 for zstd, 1 to 9 for gzip.</summary>
    [Parameter]
    [ValidateRange(1, MaxZstdLevel)]
    public int CompressionLevel { get; set; }

    /// <summary>Block size of the compressed root in bytes.</summary>
    [Parameter]
    [ValidateBlockSize]
    [ArgumentCompleter(typeof(BlockSizeCompleter))]
    public int BlockSize { get; set; } = LiveImageOptions.DefaultBlockSize;

    /// <summary>A busybox for the boot in place of the image's own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BusyBoxPath { get; set; }

    /// <summary>The folder for the unpacked stock image where one is needed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ScratchPath { get; set; }

    /// <summary>The SHA-256 of the stock image, of the file as published or of the raw image in it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateSha256]
    public string? ExpectedHash { get; set; }

    /// <summary>Threads that compress; 0 for one a processor.</summary>
    [Parameter]
    [ValidateRange(0, 1024)]
    public int ThrottleLimit { get; set; }

    /// <summary>Replace an existing destination.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private int? Level => MyInvocation.BoundParameters.ContainsKey(nameof(CompressionLevel)) ? CompressionLevel : null;

    /// <summary>Checks what holds for every input, before the first is touched.</summary>
    protected override void BeginProcessing()
    {
        if (Compression == RootCompression.Gzip && Level > MaxGzipLevel)
            ThrowTerminatingError(CommandErrors.CompressionLevelOutOfRange(CompressionLevel, "gzip", 1, MaxGzipLevel));
        _destination = new Destination(DestinationPath, ResolveOrThrow(DestinationPath));
        _busyBox = BusyBoxPath is null ? null : ResolveExisting(BusyBoxPath, isFolder: false);
        _scratch = ScratchPath is null ? null : ResolveOrThrow(ScratchPath);
        if (_scratch is not null && !Directory.Exists(_scratch))
            ThrowTerminatingError(File.Exists(_scratch) ? CommandErrors.PathNotFolder(ScratchPath!) : CommandErrors.ScratchFolderMissing(ScratchPath!));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        List<string> sources = ResolveInput();
        if (sources.Count > 1 && !_destination!.IsFolder)
            ThrowTerminatingError(CommandErrors.DestinationNotFolder(DestinationPath, sources.Count));
        foreach (string source in sources)
            Make(source, _destination!.For(source));
    }

    /// <summary>Builds one image, on a worker thread.</summary>
    internal virtual LiveImage Build(LiveImageOptions options, IProgress<BuildProgress> progress, CancellationToken cancellation) =>
        new LiveImageBuilder(CodecLoader.Create()).Build(options, progress, cancellation);

    private void Make(string source, string destination)
    {
        if (Obstacle(source, destination) is { } obstacle)
        {
            WriteError(obstacle);
            return;
        }
        if (!ShouldProcess(destination, $"Make a live image of {source}"))
            return;
        bool isNewFolder = !Directory.Exists(_destination!.Folder);
        if (!MakeFolder())
            return;
        LiveImageOptions options = new()
        {
            SourcePath = source,
            DestinationPath = destination,
            ScratchFolder = _scratch,
            ExpectedHash = ExpectedHash,
            RootMode = RootMode,
            OnLowMemory = OnLowMemory,
            UpperSize = UpperSize is null ? null : ValidateMemorySizeAttribute.Parse(UpperSize),
            Reserve = MyInvocation.BoundParameters.ContainsKey(nameof(Reserve)) ? (int)((Reserve + (1 << 20) - 1) >> 20) : null,
            Compression = Compression,
            CompressionLevel = Level,
            BlockSize = BlockSize,
            BusyBoxPath = _busyBox,
            Threads = ThrottleLimit,
            Overwrite = Force,
        };
        RpiLiveImage? image = null;
        try
        {
            image = TryImage(source, destination, () => BuildPumped(options));
        }
        finally
        {
            if (isNewFolder && image is null)
                RemoveFolder();
        }
        if (image is null)
            return;
        _made.Add(destination);
        // First, since a warning may be made to end the command, and -Debug has PowerShell ask at each.
        WriteImage(image);
        foreach (string warning in image.Warnings)
            WriteWarning($"{image.Name}: {warning}");
    }

    private LiveImage BuildPumped(LiveImageOptions options)
    {
        BuildMeter meter = new($"Making {System.IO.Path.GetFileName(options.DestinationPath)}", TimeProvider.System);
        return RunMetered(meter, cancellation => Build(options with { OnFact = meter.Note }, meter, cancellation), WriteSummary);
    }

    private void WriteSummary(LiveImage image)
    {
        foreach (AppliedEdit edit in image.Edits)
            WriteStep($"Edit {edit.Name}: {edit.Reason}");
        WriteStep($"Root: {ByteText.Of(image.RootUnpackedLength)} became {ByteText.Of(image.RootLength)} "
            + $"({image.Compression}, blocks of {ByteText.Of(image.BlockSize)}); it needs {ByteText.Of(image.RequiredMemory)} of RAM.");
    }

    private ErrorRecord? Obstacle(string source, string destination)
    {
        if (FileIdentity.Same(source, destination))
            return CommandErrors.DestinationIsSource(destination);
        if (_made.Contains(destination))
            return CommandErrors.DestinationUsedTwice(destination, source);
        if (Directory.Exists(destination))
            return CommandErrors.PathNotFile(destination);
        if (File.Exists(destination) && !Force)
            return CommandErrors.DestinationExists(destination);
        return _destination!.IsFolder || Directory.Exists(_destination.Folder)
            ? null
            : CommandErrors.DestinationFolderMissing(destination, _destination.Folder);
    }

    private bool MakeFolder()
    {
        try
        {
            Directory.CreateDirectory(_destination!.Folder);
            return true;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            WriteError(CommandErrors.DestinationUnwritable(_destination!.Folder, cause));
            return false;
        }
    }

    /// <summary>Takes away the folder that was made for an image that did not come, unless something else has come into it.</summary>
    private void RemoveFolder()
    {
        try
        {
            Directory.Delete(_destination!.Folder);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // Not empty, or held: whose it is now, we do not know.
        }
    }
}
