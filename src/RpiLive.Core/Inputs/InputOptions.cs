namespace RpiLive.Core.Inputs;

/// <summary>How a packed image is read.</summary>
public sealed record InputOptions
{
    /// <summary>Full path of the folder that takes the unpacked image where the packing has no random access.</summary>
    public required string ScratchFolder { get; init; }

    /// <summary>Threads that unpack; 0 for one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Memory for unpacked blocks in bytes; 0 for 10 MiB a thread. Threads meet in their blocks, so each needs room for the part of
    /// its block that the reader has not come to, not for all of it.
    /// </summary>
    public long CacheBytes { get; init; }
}
