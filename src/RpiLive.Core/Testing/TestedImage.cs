using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging;
using RpiLive.Core.Imaging.BootFiles;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Kernel;
using RpiLive.Core.Partitions;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Streams;
using RpiLive.Core.Testing.Firmware;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Testing;

/// <summary>
/// A live image with all that can be read of it. What cannot is null, with the error beside it; checks that need it are skipped.
/// </summary>
internal sealed class TestedImage : IDisposable
{
    private readonly List<ImageException> _bootFaults = [];
    private readonly CancellationToken _cancellation;
    private readonly Lazy<(DirectoryNode? Tree, ImageException? Fault)> _rootTree;
    private SquashFsVolume? _root;
    private bool _isRootGivenUp;

    /// <summary>Opens the image and reads what is small.</summary>
    /// <exception cref="ImageException">The host cannot read the file.</exception>
    public TestedImage(string path, ICodecs codecs, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        Path = path;
        Codecs = codecs;
        _rootTree = new(ReadRootTree);
        Source = new FileSource(path);
        try
        {
            TableFault = Try(() => Table = MasterBootRecord.Read(Source));
            if (Table is not null)
                BootFault = Try(OpenBoot);
            if (Boot is null)
                return;
            DocumentFault = Try(() => Document = LiveContent.ReadDocument(LiveContent.Find(Boot, LiveLayout.DocumentPath, path), path));
            SettingsFault = Try(() => Settings = LiveContent.ReadSettings(LiveContent.Find(Boot, LiveSettings.Path, path), path));
            Configuration = BootConfiguration.Read(Boot);
            RootFile = FatPath.FindFile(Boot, LiveLayout.RootPath);
            Boards = BoardBoot.All(Boot, Configuration);
            Kernels = FindKernels();
            // Kernels were read whole.
            ReturnMemory();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Full path of the image.</summary>
    public string Path { get; }

    /// <summary>The codecs that images are made with.</summary>
    public ICodecs Codecs { get; }

    /// <summary>The image file.</summary>
    public RandomAccessSource Source { get; }

    /// <summary>The partition table.</summary>
    public MasterBootRecord? Table { get; private set; }

    /// <summary>Why there is no <see cref="Table"/>.</summary>
    public ImageException? TableFault { get; }

    /// <summary>The partition of the boot volume.</summary>
    public MbrPartition? BootPartition { get; private set; }

    /// <summary>The boot volume.</summary>
    public FatVolume? BootVolume { get; private set; }

    /// <summary>How the boot volume stands besides its files.</summary>
    public FatAudit? BootAudit { get; private set; }

    /// <summary>What can be read of the boot volume.</summary>
    public DirectoryNode? Boot { get; private set; }

    /// <summary>Why there is no <see cref="Boot"/>.</summary>
    public ImageException? BootFault { get; }

    /// <summary>What cannot be read of the boot volume.</summary>
    public IReadOnlyList<ImageException> BootFaults => _bootFaults;

    /// <summary>What the image says of itself.</summary>
    public ImageDocument? Document { get; private set; }

    /// <summary>Why there is no <see cref="Document"/>.</summary>
    public ImageException? DocumentFault { get; }

    /// <summary>The live settings.</summary>
    public LiveSettings? Settings { get; private set; }

    /// <summary>Why there are no <see cref="Settings"/>.</summary>
    public ImageException? SettingsFault { get; }

    /// <summary>What config.txt makes the firmware do.</summary>
    public BootConfiguration? Configuration { get; }

    /// <summary>The squashfs on the boot volume.</summary>
    public FileNode? RootFile { get; }

    /// <summary>What each model loads.</summary>
    public IReadOnlyList<BoardBoot> Boards { get; } = [];

    /// <summary>The kernels that models load or that the image says it has, each with its initramfs.</summary>
    public IReadOnlyList<TestedKernel> Kernels { get; } = [];

    /// <summary>The squashfs, opened; null where it cannot be.</summary>
    public SquashFsVolume? Root => RootTree is null ? null : _root;

    /// <summary>All directories and inodes of the live root; null where one of them cannot be read, or it was given up.</summary>
    public DirectoryNode? RootTree => _isRootGivenUp ? null : _rootTree.Value.Tree;

    /// <summary>Why there is no <see cref="RootTree"/>.</summary>
    public ImageException? RootFault => _rootTree.Value.Fault;

    /// <summary>A live image as the cmdlets see it; null where it is too damaged.</summary>
    public LiveImage? Image => Document is not null && Settings is not null ? Document.ToLiveImage(Path, Source.Length, Settings) : null;

    /// <summary>The file on the boot volume that switches keeping off (15-keep-options.sh); null where there is none.</summary>
    public string? KeepSwitch => ((string[])["live/nokeep", "live/nokeep.txt"]).FirstOrDefault(path => Boot is not null && FatPath.FindFile(Boot, path) is not null);

    /// <summary>
    /// The settings that a boot goes by: the words of the kernel command line go before the file, and keeping can be switched off by a file.
    /// </summary>
    public LiveSettings EffectiveSettings
    {
        get
        {
            LiveSettings settings = Settings!;
            if (FatPath.FindFile(Boot!, Configuration!.CommandLinePath) is { Content.Length: <= KernelCommandLine.MaxLength } file)
            {
                const string Prefix = "rpilive.";
                IEnumerable<string> words = KernelCommandLine.Parse(file.Content.ReadAll(KernelCommandLine.MaxLength)).Words
                    .Where(word => word.StartsWith(Prefix, StringComparison.Ordinal) && word.Contains('=', StringComparison.Ordinal)).Select(word => word[Prefix.Length..]);
                // What the parser refuses /init passes over, too.
                foreach (string word in words)
                    _ = Try(() => settings = LiveSettings.Parse(settings.Format() + word + "\n", Configuration.CommandLinePath));
            }
            return KeepSwitch is null ? settings : settings with { Persistence = settings.Persistence with { Enabled = false } };
        }
    }

    /// <summary>Gives memory back between steps, where there is enough of it to be worth the time.</summary>
    public void ReturnMemory()
    {
        const long Large = 32 << 20;
        if (RootFile?.Content.Length > Large)
            HostMemory.Return();
    }

    /// <summary>Makes the live root one that cannot be read, so that its damage is told once and not by every check.</summary>
    public void GiveUpRoot() => _isRootGivenUp = true;

    /// <summary>Lets go of the file.</summary>
    public void Dispose()
    {
        _root?.Dispose();
        Source.Dispose();
    }

    private static ImageException? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (ImageException error)
        {
            return error;
        }
    }

    private void OpenBoot()
    {
        BootPartition = Imaging.BootVolume.Find(Table!, Source);
        BootVolume = Imaging.BootVolume.Open(BootPartition, Source);
        Boot = BootVolume.ReadDamaged(_bootFaults, out FatAudit audit, _cancellation);
        BootAudit = audit;
    }

    private (DirectoryNode? Tree, ImageException? Fault) ReadRootTree()
    {
        if (RootFile is null)
            return (null, null);
        DirectoryNode? tree = null;
        ImageException? fault = Try(() =>
        {
            _root = LiveRoot.Open(new ContentSource(RootFile.Content, $"{Path} ({LiveLayout.RootPath})"), Codecs);
            tree = _root.ReadTree(_cancellation);
        });
        ReturnMemory();
        return (tree, fault);
    }

    private List<TestedKernel> FindKernels()
    {
        List<TestedKernel> kernels = [];
        Dictionary<string, KernelImage> inspected = new(StringComparer.OrdinalIgnoreCase);
        foreach (LiveFlavour flavour in Document?.Flavours ?? [])
            Add(flavour.Kernel, flavour.Initramfs, flavour);
        foreach (BoardBoot board in Boards.Where(board => board.Kernel is not null && board.Initramfs is not null))
            Add(board.Kernel!, board.Initramfs!, null);
        return kernels;

        void Add(string kernel, string initramfs, LiveFlavour? flavour)
        {
            if (kernels.Any(other => IsSame(other.Path, kernel) && IsSame(other.InitramfsPath, initramfs)))
                return;
            _cancellation.ThrowIfCancellationRequested();
            if (!inspected.TryGetValue(kernel, out KernelImage? image))
            {
                image = FatPath.FindFile(Boot!, kernel) is { } file ? KernelImage.Inspect(file.Content, Codecs) : new(KernelArchitecture.Unknown, null);
                inspected.Add(kernel, image);
            }
            kernels.Add(new(flavour?.Name ?? kernel, kernel, initramfs, image, flavour));
        }
    }

    private static bool IsSame(string path, string other) => path.Equals(other, StringComparison.OrdinalIgnoreCase);
}
