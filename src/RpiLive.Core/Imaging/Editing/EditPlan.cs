using RpiLive.Core.Imaging.Initramfs;
using RpiLive.Core.Imaging.Persistence;

namespace RpiLive.Core.Imaging.Editing;

/// <summary>A change of a live image, judged and ready to be made.</summary>
public sealed record EditPlan
{
    /// <summary>The live settings then.</summary>
    public required LiveSettings Settings { get; init; }

    /// <summary>What happens to stores on the card.</summary>
    public IReadOnlyList<CardChange> Changes { get; init; } = [];

    /// <summary>What happens, as clauses that start with a verb; nothing where all is so already.</summary>
    public required IReadOnlyList<string> Steps { get; init; }

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
