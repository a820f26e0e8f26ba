using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive;

/// <summary>Swap on zram of a live image. Its text is its size and algorithm.</summary>
public sealed class RpiLiveZram
{
    private readonly string _text;

    internal RpiLiveZram(ZramSettings zram)
    {
        _text = zram.ToString();
        Percent = zram.Size.IsPercent ? zram.Size.Value : null;
        Size = zram.Size.IsPercent ? null : (long)zram.Size.Value << 20;
        Algorithm = zram.Algorithm;
        Priority = zram.Priority;
        Swappiness = zram.Swappiness;
        PageCluster = zram.PageCluster;
        MemoryLimit = zram.Limit is { IsPercent: false } limit ? (long)limit.Value << 20 : null;
        MemoryLimitPercent = zram.Limit is { IsPercent: true } percent ? percent.Value : null;
    }

    /// <summary>Size in percent of the RAM, before compression; null where it is given in bytes.</summary>
    public int? Percent { get; }

    /// <summary>Size in bytes, before compression; null where it is given in percent.</summary>
    public long? Size { get; }

    /// <summary>How it compresses; null for the kernel's own choice.</summary>
    public string? Algorithm { get; }

    /// <summary>Priority among swap devices; -1 for the kernel's own.</summary>
    public int Priority { get; }

    /// <summary><c>vm.swappiness</c>.</summary>
    public int Swappiness { get; }

    /// <summary><c>vm.page-cluster</c>.</summary>
    public int PageCluster { get; }

    /// <summary>The most bytes of RAM that the compressed data take; null for no limit in bytes.</summary>
    public long? MemoryLimit { get; }

    /// <summary>The most percent of RAM that the compressed data take; null for no limit in percent.</summary>
    public int? MemoryLimitPercent { get; }

    /// <summary>Size and algorithm.</summary>
    public override string ToString() => _text;
}
