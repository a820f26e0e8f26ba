using System.Text;
using System.Text.Json;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Inputs;
using RpiLive.Core.Partitions;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging;

/// <summary>Makes a live image out of a stock image.</summary>
/// <param name="codecs">The codecs that the base class library lacks.</param>
public sealed class LiveImageBuilder(ICodecs codecs)
{
    private const byte Fat32LbaType = 0x0C;
    private const int SectorLength = 512;

    /// <summary>
    /// The least that a root shrinks to: even the most compressible published image keeps more than this part (1 in N) of
    /// its used blocks. For finding too small a disk before the work, without refusing one that would do.
    /// </summary>
    private const int BestCompression = 6;

    /// <summary>
    /// More memory for unpacked blocks while kernels, modules and programs are read from here and there; given back before the
    /// root is written, which takes more for itself.
    /// </summary>
    private const long LookAroundBytes = 20 << 20;

    /// <summary>Bytes of files after which memory is given back while the root is written: a pause of a tenth of a second at most.</summary>
    private const long ReturnInterval = 256 << 20;

    /// <summary>Builds the image; the destination appears whole at the end or not at all.</summary>
    /// <param name="options">What to build.</param>
    /// <param name="progress">Told how far the work is, from several threads; may be null.</param>
    /// <param name="cancellation">Stops the work; nothing is left behind.</param>
    /// <exception cref="ImageException">Anything that is wrong with input or destination.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public LiveImage Build(LiveImageOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        using FileSource source = new(options.SourcePath);
        using DestinationFile destination = new(options.DestinationPath, options.Overwrite);
        using ImageInput input = OpenInput(source, options, progress, cancellation);
        using SourceCheck check = new(source, input, options.ExpectedHash, cancellation);
        progress?.Report(new(BuildStage.Reading, 0, 0));
        StockImage stock = StockImage.Open(check.Content, cancellation);
        Tell(options, BuildFacts.Of(input, stock));
        HostMemory.Return();
        long usedBytes = stock.UsedBytes;
        destination.RequireFreeSpace(usedBytes / BestCompression);

        long usualCache = input.CacheBytes;
        input.CacheBytes = usualCache + LookAroundBytes;
        progress?.Report(new(BuildStage.BootFiles, 0, 0));
        LivePlan plan = LivePlan.Make(stock, options, codecs, cancellation);
        Tell(options, BuildFacts.Of(plan));
        IReadOnlyList<string> bootWarnings = BootTreeEditor.Apply(stock.Boot, plan);

        RandomAccessTarget volume = destination.Target.From(LiveLayout.BootVolumeOffset);
        Fat32Builder fat = new(volume, new Fat32Options
        {
            VolumeId = plan.Identity.VolumeId,
            Label = LiveLayout.BootVolumeLabel,
            HiddenSectors = (uint)(LiveLayout.BootVolumeOffset / SectorLength),
            MaxDataBytes = usedBytes + usedBytes / 8 + TreeSize.OfFiles(stock.Boot) + 2 * LiveLayout.FreeBytes,
            GrowthBytes = LiveLayout.GrowthBytes,
            Timestamp = plan.Timestamp,
        });
        fat.AddTree(stock.Boot, cancellation);
        input.CacheBytes = usualCache;
        HostMemory.Return();
        check.Start();
        SquashFsSummary root = WriteRoot(fat, stock.Root, plan, progress, cancellation);
        HostMemory.Return();

        RandomAccessSource written = destination.ReadBack();
        string rootHash = HashRoot(written, fat, progress, cancellation);
        AddText(fat, LiveLayout.RootHashPath, $"{rootHash}  {Path.GetFileName(LiveLayout.RootPath)}\n", plan);
        AddText(fat, LiveSettings.Path, plan.Settings.Format(), plan);
        IReadOnlyList<string> warnings = [.. bootWarnings, .. plan.Warnings, .. ModelFits.Warnings(plan.Flavours, root.TotalLength, plan.Settings)];
        ImageDocument document = Describe(source, check.Finish(), plan, root, rootHash, warnings);
        AddText(fat, LiveLayout.DocumentPath, JsonSerializer.Serialize(document, ImageDocumentContext.Default.ImageDocument) + "\n", plan);

        long volumeLength = fat.Finish(LiveLayout.FreeBytes);
        MasterBootRecord.Write(destination.Target, plan.Identity.DiskId, [new(1, Fat32LbaType, LiveLayout.BootVolumeOffset, volumeLength)]);
        destination.Target.SetLength(LiveLayout.BootVolumeOffset + volumeLength);
        cancellation.ThrowIfCancellationRequested();
        destination.Commit();
        return document.ToLiveImage(destination.Path, LiveLayout.BootVolumeOffset + volumeLength, plan.Settings);
    }

    private static void Tell(LiveImageOptions options, IEnumerable<string> facts)
    {
        if (options.OnFact is not { } tell)
            return;
        foreach (string fact in facts)
            tell(fact);
    }

    private ImageInput OpenInput(FileSource source, LiveImageOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        InputOptions inputOptions = new()
        {
            ScratchFolder = options.ScratchFolder ?? Path.GetDirectoryName(Path.GetFullPath(options.DestinationPath))!,
            Threads = options.Threads,
        };
        return ImageInput.Open(source, codecs, inputOptions, (done, total) => progress?.Report(new(BuildStage.Unpacking, done, total)), cancellation);
    }

    private static SquashFsSummary WriteRoot(
        Fat32Builder fat, DirectoryNode root, LivePlan plan, IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        long total = TreeSize.OfFiles(root);
        progress?.Report(new(BuildStage.Root, 0, total));
        long returned = 0;
        ForwardedProgress<long> bytes = new(done =>
        {
            if (done - returned >= ReturnInterval)
            {
                HostMemory.Return();
                returned = done;
            }
            progress?.Report(new(BuildStage.Root, done, total));
        });
        SquashFsSummary summary = SquashFsWriter.Write(root, fat.BeginFile(LiveLayout.RootPath, plan.Timestamp), plan.SquashFs, bytes, cancellation);
        fat.EndFile(summary.TotalLength);
        return summary;
    }

    /// <summary>The hash is of what the disk gives back: the superblock comes last, and what was written is read once again.</summary>
    private static string HashRoot(RandomAccessSource written, Fat32Builder fat, IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        FatFileLocation location = fat.Locate(LiveLayout.RootPath);
        RandomAccessSource root = written.Slice(LiveLayout.BootVolumeOffset + location.Offset, location.Length, LiveLayout.RootPath);
        return SourceHash.Sha256(root, done => progress?.Report(new(BuildStage.Finishing, done, root.Length)), cancellation);
    }

    private static void AddText(Fat32Builder fat, string path, string text, LivePlan plan) =>
        fat.AddFile(path, new MemoryContent(Encoding.UTF8.GetBytes(text)), plan.Timestamp);

    private static ImageDocument Describe(
        FileSource source, string sourceHash, LivePlan plan, SquashFsSummary root, string rootHash, IReadOnlyList<string> warnings) => new()
    {
        Version = ImageDocument.CurrentVersion,
        Generator = $"RpiLive {typeof(LiveImageBuilder).Assembly.GetName().Version?.ToString(3)}",
        Source = new(Path.GetFileName(source.Name), source.Length, sourceHash),
        Distribution = plan.OperatingSystem.DistributionName,
        Architecture = plan.OperatingSystem.Architecture,
        Flavours = plan.Flavours,
        BaseUse = plan.BaseUse,
        Root = new(root.TotalLength, root.FileBytes, rootHash, plan.SquashFs.Codec.Name, plan.CompressionLevel, plan.SquashFs.BlockSize),
        Edits = plan.Edits.Edits,
        Warnings = warnings,
    };
}
