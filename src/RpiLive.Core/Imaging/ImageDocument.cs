using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Core.Imaging;

/// <summary>The content of <c>live/image.json</c>: what the image is and what made it.</summary>
internal sealed record ImageDocument
{
    /// <summary>The version of this form that this program writes, and the newest that it reads.</summary>
    public const int CurrentVersion = 1;

    public required int Version { get; init; }

    public required string Generator { get; init; }

    public required SourceFacts Source { get; init; }

    public required string Distribution { get; init; }

    public required string Architecture { get; init; }

    public required IReadOnlyList<LiveFlavour> Flavours { get; init; }

    public required RootFacts Root { get; init; }

    /// <summary>MiB of RAM that the system takes once started; null in images made before this was looked at.</summary>
    public int? BaseUse { get; init; }

    public required IReadOnlyList<AppliedEdit> Edits { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Stands for a document that cannot be read.</summary>
    /// <param name="rootLength">Bytes of the squashfs that is there.</param>
    public static ImageDocument Unknown(long rootLength) => new()
    {
        Version = CurrentVersion,
        Generator = "",
        Source = new("", 0, ""),
        Distribution = "unknown",
        Architecture = "unknown",
        Flavours = [],
        Root = new(rootLength, 0, "", "", 0, 0),
        Edits = [],
        Warnings = [],
    };

    /// <summary>The image as the rest of the world sees it.</summary>
    /// <param name="path">Full path of the image file.</param>
    /// <param name="length">Size of the image file in bytes.</param>
    /// <param name="settings">The live settings.</param>
    public LiveImage ToLiveImage(string path, long length, LiveSettings settings) => new()
    {
        Path = path,
        Length = length,
        SourceName = Source.Name,
        SourceSha256 = Source.Sha256,
        Distribution = Distribution,
        Architecture = Architecture,
        Flavours = Flavours,
        RootUnpackedLength = Root.UnpackedLength,
        RootLength = Root.Length,
        RootSha256 = Root.Sha256,
        Compression = Root.Compression,
        BlockSize = Root.BlockSize,
        RootMode = settings.Root,
        Persistence = settings.Persistence,
        RequiredMemory = MemoryBudget.RequiredMemory(Root.Length, settings.Reserve),
        Reserve = settings.Reserve,
        BaseUse = BaseUse ?? MemoryBudget.ConsoleUseMebibytes,
        UpperSize = settings.Upper,
        OnLowMemory = settings.OnLowMemory,
        Zram = settings.Zram,
        Edits = Edits,
        Warnings = Warnings,
    };

    /// <summary>The stock image.</summary>
    internal sealed record SourceFacts(string Name, long Length, string Sha256);

    /// <summary>The squashfs.</summary>
    internal sealed record RootFacts(long Length, long UnpackedLength, string Sha256, string Compression, int CompressionLevel, int BlockSize);
}
