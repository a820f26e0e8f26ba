namespace RpiLive.Tests.Module.Errors;

/// <summary>A way to run into an error of the table.</summary>
/// <param name="Id">The error.</param>
/// <param name="Prepare">Makes the files that it needs, and gives the script.</param>
internal sealed record Provocation(string Id, Func<ErrorWorkshop, string> Prepare)
{
    /// <summary>What tells it from another way to the same error.</summary>
    public string? Variant { get; init; }

    /// <summary>What the message names; null for the target of the error.</summary>
    public string? Names { get; init; }

    /// <summary>The folder in which it may leave files, for the next attempt; null for none.</summary>
    public string? KeepsIn { get; init; }

    /// <summary>A file that the script makes before it runs into the error.</summary>
    public string? Makes { get; init; }

    public override string ToString() => Variant is null ? Id : $"{Id}: {Variant}";
}
