namespace RpiLive.Core.Testing;

/// <summary>What a test of a live image found.</summary>
/// <param name="Path">Full path of the image.</param>
/// <param name="Checks">All checks: failures first, then warnings, what was skipped and what passed, each in the order made.</param>
/// <param name="Duration">How long it took.</param>
public sealed record ImageTestReport(string Path, IReadOnlyList<Check> Checks, TimeSpan Duration)
{
    /// <summary>True when no check failed.</summary>
    public bool IsValid => Checks.All(check => check.Result != CheckResult.Failed);
}
