namespace RpiLive.Core.Imaging.Persistence;

/// <summary>What is no longer to be kept. The parts add up.</summary>
public sealed record ForgetRequest
{
    /// <summary>Directories that have a rule.</summary>
    public IReadOnlyList<string> Directories { get; init; } = [];

    /// <summary>Presets of which at least one directory has a rule.</summary>
    public IReadOnlyList<KeepPreset> Presets { get; init; } = [];

    /// <summary>True for everything.</summary>
    public bool All { get; init; }

    /// <summary>True to leave stores that no rule uses any more.</summary>
    public bool KeepStores { get; init; }
}
