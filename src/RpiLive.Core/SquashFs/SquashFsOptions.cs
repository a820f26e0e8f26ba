using RpiLive.Core.Compression;

namespace RpiLive.Core.SquashFs;

/// <summary>How to make a SquashFS image.</summary>
public sealed record SquashFsOptions
{
    /// <summary>The compressor; its name must be one that SquashFS knows: <c>gzip</c> or <c>zstd</c>.</summary>
    public required IBlockCodec Codec { get; init; }

    /// <summary>Compression level; null for the default of <see cref="Codec"/>.</summary>
    public int? Level { get; init; }

    /// <summary>Block size in bytes: a power of two from 4 KiB to 1 MiB.</summary>
    public int BlockSize { get; init; } = 128 << 10;

    /// <summary>Threads that compress; 0 for one per processor. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>The time of making that the superblock carries, in seconds since 1970-01-01T00:00:00Z.</summary>
    public uint ModificationTime { get; init; }
}
