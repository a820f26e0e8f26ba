using RpiLive.Core.Imaging.Persistence;

namespace RpiLive;

/// <summary>One directory of a live image that is kept, or held in RAM by itself. Its text is the directory and how.</summary>
public sealed class RpiLiveKeepRule
{
    internal RpiLiveKeepRule(KeepRule rule)
    {
        Directory = rule.Directory;
        Mode = rule.Mode;
        Store = rule.Store;
        Size = rule.Size is { IsPercent: false } size ? (long)size.Value << 20 : null;
        Percent = rule.Size is { IsPercent: true } percent ? percent.Value : null;
    }

    /// <summary>The directory.</summary>
    public string Directory { get; }

    /// <summary>How it is kept.</summary>
    public KeepMode Mode { get; }

    /// <summary>Name of the store that keeps it; null for Tmpfs.</summary>
    public string? Store { get; }

    /// <summary>The most bytes of RAM of Tmpfs, where said in bytes.</summary>
    public long? Size { get; }

    /// <summary>The most of the RAM that Tmpfs takes, where said in percent.</summary>
    public int? Percent { get; }

    /// <summary>Directory, mode and store.</summary>
    public override string ToString() => Store is null ? $"{Directory} ({Mode})" : $"{Directory} ({Mode} on {Store})";
}
