using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>What is asked to be kept. The parts add up.</summary>
public sealed record KeepRequest
{
    /// <summary>Directories, kept by <see cref="Mode"/>.</summary>
    public IReadOnlyList<string> Directories { get; init; } = [];

    /// <summary>How <see cref="Directories"/> are kept.</summary>
    public KeepMode Mode { get; init; } = KeepMode.Overlay;

    /// <summary>The most RAM of each directory under <see cref="KeepMode.Tmpfs"/>; null for half of it.</summary>
    public MemorySize? TmpfsSize { get; init; }

    /// <summary>Presets.</summary>
    public IReadOnlyList<KeepPreset> Presets { get; init; } = [];

    /// <summary>Lines of a persistence.conf.</summary>
    public IReadOnlyList<PersistenceConfEntry> Imported { get; init; } = [];

    /// <summary>The store that keeps them.</summary>
    public StoreRequest Store { get; init; } = new();

    /// <summary>What fills the one directory asked for; null for nothing.</summary>
    public SeedOptions? Seed { get; init; }
}
