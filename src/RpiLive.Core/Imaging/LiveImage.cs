using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Imaging.Persistence;

namespace RpiLive.Core.Imaging;

/// <summary>What is known of a live image; the same whether it was just built or opened.</summary>
public sealed record LiveImage
{
    /// <summary>Full path of the image file.</summary>
    public required string Path { get; init; }

    /// <summary>Size of the image file in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>File name of the stock image that it was made from.</summary>
    public required string SourceName { get; init; }

    /// <summary>SHA-256 of that file, lower-case hex.</summary>
    public required string SourceSha256 { get; init; }

    /// <summary>Distribution, such as <c>Raspberry Pi OS 12 (bookworm)</c>.</summary>
    public required string Distribution { get; init; }

    /// <summary>Debian architecture of the user land: arm64 or armhf.</summary>
    public required string Architecture { get; init; }

    /// <summary>The kernels with their initramfs files.</summary>
    public required IReadOnlyList<LiveFlavour> Flavours { get; init; }

    /// <summary>Bytes of all files of the root, before compression.</summary>
    public required long RootUnpackedLength { get; init; }

    /// <summary>Bytes of the squashfs.</summary>
    public required long RootLength { get; init; }

    /// <summary>SHA-256 of the squashfs, lower-case hex.</summary>
    public required string RootSha256 { get; init; }

    /// <summary>Codec of the squashfs: zstd or gzip.</summary>
    public required string Compression { get; init; }

    /// <summary>Block size of the squashfs in bytes.</summary>
    public required int BlockSize { get; init; }

    /// <summary>Where the root lives at run time.</summary>
    public required RootMode RootMode { get; init; }

    /// <summary>Bytes of RAM that a Pi needs to run the root from RAM.</summary>
    public required long RequiredMemory { get; init; }

    /// <summary>MiB that must stay available after the root was copied to RAM.</summary>
    public required int Reserve { get; init; }

    /// <summary>MiB of RAM that the system takes once started.</summary>
    public required int BaseUse { get; init; }

    /// <summary>The most RAM that what is written can take.</summary>
    public required MemorySize UpperSize { get; init; }

    /// <summary>What happens when the root does not fit in RAM.</summary>
    public required OnLowMemory OnLowMemory { get; init; }

    /// <summary>Swap on zram; null for none.</summary>
    public ZramSettings? Zram { get; init; }

    /// <summary>The edits made to the root.</summary>
    public required IReadOnlyList<AppliedEdit> Edits { get; init; }

    /// <summary>What the user should know, such as ACLs that cannot be kept.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What of the image could not be read, one sentence each; the rest is what could.</summary>
    public IReadOnlyList<string> Damage { get; init; } = [];

    /// <summary>What is kept, and where.</summary>
    public PersistenceSettings Persistence { get; init; } = new();

    /// <summary>The store in partition 2; null when there is none.</summary>
    public CardStore? Partition { get; init; }

    /// <summary>The store in a container file on the boot volume; null when there is none.</summary>
    public CardStore? Container { get; init; }
}
