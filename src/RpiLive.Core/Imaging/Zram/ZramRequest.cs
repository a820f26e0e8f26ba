using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Core.Imaging.Zram;

/// <summary>What is asked of swap on zram; null leaves a value to its default.</summary>
public sealed record ZramRequest
{
    /// <summary>Size of the device, before compression.</summary>
    public MemorySize? Size { get; init; }

    /// <summary>How it compresses.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Priority among swap devices.</summary>
    public int? Priority { get; init; }

    /// <summary>The most RAM that the compressed data take.</summary>
    public MemorySize? Limit { get; init; }

    /// <summary><c>vm.swappiness</c>.</summary>
    public int? Swappiness { get; init; }

    /// <summary><c>vm.page-cluster</c>.</summary>
    public int? PageCluster { get; init; }

    /// <summary>True to replace zram that is set up already.</summary>
    public bool Replace { get; init; }
}
