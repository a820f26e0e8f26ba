namespace RpiLive.Core.Debian.Packages;

/// <summary>What <see cref="PackageResolver"/> is to choose packages for.</summary>
public sealed record PackageRequest
{
    /// <summary>Names of packages, real or virtual, each <c>name</c>, or <c>name=version</c> for that version and no other.</summary>
    public required IReadOnlyCollection<string> Wanted { get; init; }

    /// <summary>Names of packages that must not be chosen, even where they are essential or required.</summary>
    public IReadOnlyCollection<string> Excluded { get; init; } = [];

    /// <summary>Takes all packages with <c>Essential: yes</c>, as a system needs that is not chosen for another one.</summary>
    public bool Essential { get; init; } = true;

    /// <summary>Takes all packages with <c>Priority: required</c>.</summary>
    public bool Required { get; init; }
}
