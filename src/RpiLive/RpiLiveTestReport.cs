using RpiLive.Core.Testing;

namespace RpiLive;

/// <summary>What Test-RpiLiveImage found on one image.</summary>
public sealed class RpiLiveTestReport
{
    internal RpiLiveTestReport(ImageTestReport report)
    {
        Path = report.Path;
        IsValid = report.IsValid;
        DurationSeconds = Math.Round(report.Duration.TotalSeconds, 3);
        Checks = report.Checks.Select(check => new RpiLiveCheck(check)).ToArray();
    }

    /// <summary>File name of the image.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Full path of the image.</summary>
    public string Path { get; }

    /// <summary>True when no check failed.</summary>
    public bool IsValid { get; }

    /// <summary>Number of checks that failed.</summary>
    public int Failed => Count(CheckResult.Failed);

    /// <summary>Number of warnings.</summary>
    public int Warnings => Count(CheckResult.Warning);

    /// <summary>Number of checks that passed.</summary>
    public int Passed => Count(CheckResult.Passed);

    /// <summary>Number of checks that were not made.</summary>
    public int Skipped => Count(CheckResult.Skipped);

    /// <summary>How long the test took, in seconds.</summary>
    public double DurationSeconds { get; }

    /// <summary>All checks: failures first, then warnings, what was skipped and what passed.</summary>
    public IReadOnlyList<RpiLiveCheck> Checks { get; }

    /// <summary>Name, and whether it is valid.</summary>
    public override string ToString() => $"{Name}: {(IsValid ? "valid" : "not valid")}";

    private int Count(CheckResult result) => Checks.Count(check => check.Result == result.ToString());
}
