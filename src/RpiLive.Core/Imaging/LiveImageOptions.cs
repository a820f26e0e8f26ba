using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Core.Imaging;

/// <summary>What to build.</summary>
public sealed record LiveImageOptions
{
    /// <summary>The SquashFS block size where none is asked for, in bytes; docs/design.md says why.</summary>
    public const int DefaultBlockSize = 256 << 10;

    /// <summary>Full path of the stock image: raw, or packed as <see cref="Inputs.ImageFormat"/> lists.</summary>
    public required string SourcePath { get; init; }

    /// <summary>
    /// SHA-256 that the stock image must have, 64 hex digits: of the file as published or of the raw image in it; null to take any.
    /// </summary>
    public string? ExpectedHash { get; init; }

    /// <summary>Full path of the live image.</summary>
    public required string DestinationPath { get; init; }

    /// <summary>
    /// Full path of the folder for the unpacked stock image where its packing cannot be read in place; null for the folder of
    /// the destination.
    /// </summary>
    public string? ScratchFolder { get; init; }

    /// <summary>Where the root lives at run time.</summary>
    public RootMode RootMode { get; init; } = RootMode.Auto;

    /// <summary>What happens at run time when the root does not fit in RAM.</summary>
    public OnLowMemory OnLowMemory { get; init; } = OnLowMemory.Medium;

    /// <summary>The most RAM that what is written can take at run time; null for half of what is left.</summary>
    public MemorySize? UpperSize { get; init; }

    /// <summary>MiB of RAM that must stay available after the root was copied there; null for <see cref="MemoryBudget.Reserve"/>.</summary>
    public int? Reserve { get; init; }

    /// <summary>Compression of the root.</summary>
    public RootCompression Compression { get; init; } = RootCompression.Auto;

    /// <summary>Compression level; null for the codec's default. More than the codec has counts as its highest.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>SquashFS block size in bytes: a power of two from 4 KiB to 1 MiB.</summary>
    public int BlockSize { get; init; } = DefaultBlockSize;

    /// <summary>Full path of a busybox to use instead of the image's own; null for the image's own.</summary>
    public string? BusyBoxPath { get; init; }

    /// <summary>Threads that compress; 0 for one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Told what the build finds and decides, a line each, on the thread of the build; may be null.</summary>
    public Action<string>? OnFact { get; init; }

    /// <summary>True to replace an existing destination.</summary>
    public bool Overwrite { get; init; }
}
