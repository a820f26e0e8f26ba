namespace RpiLive.Core.Imaging.Persistence;

/// <summary>What is asked of a store: which one is meant, and what about it changes. Null leaves it as it is.</summary>
public sealed record StoreRequest
{
    /// <summary>Its name; null for the one store that fits, or a new one of the usual name.</summary>
    public string? Name { get; init; }

    /// <summary>Where it lies.</summary>
    public StoreKind? Kind { get; init; }

    /// <summary>Label of the volume.</summary>
    public string? Label { get; init; }

    /// <summary>UUID of the volume.</summary>
    public string? Uuid { get; init; }

    /// <summary>Bytes, of which whole MiB count.</summary>
    public long? Length { get; init; }

    /// <summary>Whether it fills the card at the first start.</summary>
    public bool? Grow { get; init; }

    /// <summary>What the start does without it.</summary>
    public OnMissing? OnMissing { get; init; }

    /// <summary>Seconds to wait for it.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>Whether it is only read.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary>Seconds between writes; 0 for ext4's own.</summary>
    public int? FlushInterval { get; init; }
}
