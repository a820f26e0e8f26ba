using System.Globalization;
using RpiLive.Core.Compression;
using RpiLive.Core.Errors;
using RpiLive.Core.Fat;
using RpiLive.Core.Imaging.BootFiles;
using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Kernel;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Streams;
using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging;

/// <summary>All decisions of one build, made before the long work. Making the plan edits the root.</summary>
internal sealed record LivePlan
{
    public required LiveIdentity Identity { get; init; }

    /// <summary>The time of everything that the build adds: when the stock root was last written.</summary>
    public required Timestamp Timestamp { get; init; }

    public required OperatingSystemFacts OperatingSystem { get; init; }

    public required IReadOnlyList<LiveFlavour> Flavours { get; init; }

    /// <summary>The files that the firmware loads beside the kernels, by path on the boot volume.</summary>
    public required IReadOnlyDictionary<string, byte[]> Initramfs { get; init; }

    public required BootConfiguration BootConfiguration { get; init; }

    public required LiveSettings Settings { get; init; }

    /// <summary>MiB of RAM that the system takes once started.</summary>
    public required int BaseUse { get; init; }

    public required RootEditResult Edits { get; init; }

    /// <summary>What the initramfs and the root edits have to say to the user.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    public required SquashFsOptions SquashFs { get; init; }

    public required int CompressionLevel { get; init; }

    /// <summary>Looks at the stock image and decides.</summary>
    /// <exception cref="ImageException">The image lacks something that a live boot needs.</exception>
    public static LivePlan Make(StockImage stock, LiveImageOptions options, ICodecs codecs, CancellationToken cancellation)
    {
        OperatingSystemFacts system = OperatingSystemFacts.Read(stock.Root);
        int baseUse = MemoryBudget.BaseUse(hasDesktop: system.UnitFiles.Contains("display-manager.service"));
        BootConfiguration configuration = BootConfiguration.Read(stock.Boot);
        IReadOnlyList<KernelFlavour> kernels = KernelFlavours.Find(stock.Boot, stock.Root, configuration.Settings, codecs);
        Dictionary<KernelFlavour, KernelFeatures> features = kernels.ToDictionary(
            kernel => kernel, kernel => KernelFeatures.Read(kernel, stock.Root, stock.Boot, codecs));
        IBlockCodec codec = ChooseCodec(options, features, codecs);
        HostMemory.Return();
        int level = Math.Min(options.CompressionLevel ?? codec.DefaultLevel, codec.MaxLevel);
        LiveIdentity identity = LiveIdentity.Derive(stock, options, codec.Name, level);
        Timestamp timestamp = stock.RootVolume.LastWriteTime with { Nanoseconds = 0 };

        InitramfsBuilder builder = new(codecs);
        Dictionary<string, byte[]> initramfs = MakeInitramfs(builder, kernels, configuration, stock.Root, identity.VolumeId, options.BusyBoxPath, cancellation);
        RootEditResult edits = RootEdits.ApplyAll(stock.Root, new RootEditOptions
        {
            BootVolumeId = identity.VolumeId,
            Timestamp = timestamp,
            StockVolumes = stock.VolumeNames,
        });
        return new LivePlan
        {
            Identity = identity,
            Timestamp = timestamp,
            OperatingSystem = system,
            Flavours = [.. kernels.Select(kernel => new LiveFlavour(
                kernel.Name, kernel.Release, kernel.KernelFile, configuration.InitramfsOf(kernel), configuration.ModelsOf(kernel, kernels))
                {
                    ZramAlgorithms = features[kernel].ZramAlgorithms,
                })],
            Initramfs = initramfs,
            BootConfiguration = configuration,
            BaseUse = baseUse,
            Settings = new LiveSettings
            {
                Root = options.RootMode,
                Reserve = options.Reserve ?? MemoryBudget.Reserve(baseUse),
                Upper = options.UpperSize ?? new LiveSettings().Upper,
                OnLowMemory = options.OnLowMemory,
                Clock = Math.Max(0, timestamp.Seconds),
            },
            Edits = edits,
            Warnings = [.. builder.Warnings, .. edits.Warnings],
            CompressionLevel = level,
            SquashFs = new SquashFsOptions
            {
                Codec = codec,
                Level = level,
                BlockSize = options.BlockSize,
                Threads = options.Threads,
                ModificationTime = (uint)Math.Clamp(timestamp.Seconds, 0, uint.MaxValue),
            },
        };
    }

    private static IBlockCodec ChooseCodec(LiveImageOptions options, Dictionary<KernelFlavour, KernelFeatures> features, ICodecs codecs)
    {
        if (options.Compression == RootCompression.Gzip)
            return new GzipBlockCodec();
        List<KernelFlavour> without = [.. features.Where(pair => !pair.Value.ReadsSquashFsZstd).Select(pair => pair.Key)];
        if (without.Count == 0)
            return codecs.Zstd;
        if (options.Compression == RootCompression.Auto)
            return new GzipBlockCodec();
        throw new ImageException(ErrorIds.KernelFeatureMissing, ImageErrorKind.Unsupported,
            $"The kernel {without[0].KernelFile} ({without[0].Release}) is not known to read a squashfs compressed with zstd.",
            "Leave -Compression away or use -Compression Gzip, which every kernel reads.");
    }

    /// <summary>
    /// One file for each name that the firmware loads. Kernels that share a name get one file of several archives, which the
    /// kernel unpacks one after the other; each kernel then finds the modules of its own release.
    /// </summary>
    private static Dictionary<string, byte[]> MakeInitramfs(
        InitramfsBuilder builder, IReadOnlyList<KernelFlavour> kernels, BootConfiguration configuration, DirectoryNode root, uint volumeId,
        string? busyBoxPath, CancellationToken cancellation)
    {
        FileContent? busyBox = busyBoxPath is null ? null : ReadBusyBox(busyBoxPath);
        Dictionary<string, byte[]> files = new(StringComparer.OrdinalIgnoreCase);
        foreach (KernelFlavour kernel in kernels)
        {
            byte[] archive = builder.Build(
                new InitramfsRequest { Root = root, Flavour = kernel, VolumeId = volumeId, BusyBox = busyBox, BusyBoxName = busyBoxPath ?? "" }, cancellation);
            string name = configuration.InitramfsOf(kernel);
            files[name] = files.TryGetValue(name, out byte[]? others) ? [.. others, .. archive] : archive;
            HostMemory.Return();
        }
        return files;
    }

    private static MemoryContent ReadBusyBox(string path)
    {
        const int MaxLength = 64 << 20;
        using FileSource file = new(path);
        if (file.Length > MaxLength)
        {
            throw new ImageException(ErrorIds.BusyBoxUnsuitable, ImageErrorKind.Unsupported,
                string.Create(CultureInfo.InvariantCulture, $"{path}: has {file.Length:N0} bytes and is no busybox."),
                "Give the program of Debian's package busybox-static for the image's processor.");
        }
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(0, bytes);
        return new MemoryContent(bytes);
    }
}
