using RpiLive.Core.Imaging.Facts;
using RpiLive.Core.Testing.Boot;

namespace RpiLive.Core.Testing;

/// <summary>What of a live image is tested.</summary>
public sealed record ImageTestOptions
{
    /// <summary>The categories to test; empty for all; <see cref="CheckCategory.Boot"/> needs <see cref="Boot"/>.</summary>
    public IReadOnlyCollection<CheckCategory> Categories { get; init; } = [];

    /// <summary>Says which checks are left out.</summary>
    public Predicate<CheckKind> IsExcluded { get; init; } = static _ => false;

    /// <summary>The boards that the image must run on from RAM.</summary>
    public IReadOnlyList<ModelRequirement> Models { get; init; } = [];

    /// <summary>How the image is booted; null for not at all.</summary>
    public BootOptions? Boot { get; init; }

    /// <summary>Threads that unpack the live root.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
