using RpiLive.Core.Errors;

namespace RpiLive.Core.Testing;

/// <summary>Takes what checks find, and keeps what goes wrong in one from the others. For one thread.</summary>
/// <param name="wants">Says which checks are asked for.</param>
internal sealed class CheckLog(Predicate<CheckKind> wants)
{
    private readonly List<Check> _checks = [];

    /// <summary>What was found so far, in order.</summary>
    public IReadOnlyList<Check> Checks => _checks;

    /// <summary>True when any of the checks is asked for.</summary>
    public bool Wants(params ReadOnlySpan<CheckKind> kinds)
    {
        foreach (CheckKind kind in kinds)
        {
            if (wants(kind))
                return true;
        }
        return false;
    }

    /// <summary>Makes a check, if it is asked for: it passes when it adds no finding.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="subject">What it is done on; null where there is only one.</param>
    /// <param name="check">Adds findings; gives what was seen.</param>
    public void Run(CheckKind kind, string? subject, Func<Findings, string> check)
    {
        if (!wants(kind))
            return;
        Findings findings = new(kind, subject);
        string seen = "";
        try
        {
            seen = check(findings);
        }
        catch (ImageException error)
        {
            findings.Fail(error);
        }
        catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
        {
            // Hostile content must not end the report, whatever else it does.
            findings.Fail($"The check ended unexpectedly ({error.GetType().Name}: {error.Message}).", "Report this with the image to the developers of RpiLive.");
        }
        _checks.AddRange(findings.All.Count > 0 ? findings.All : [new Check(kind, CheckResult.Passed, subject, seen, null)]);
    }

    /// <summary>Notes that a check, if it is asked for, cannot be made.</summary>
    public void Skip(CheckKind kind, string reason, string? subject = null)
    {
        if (wants(kind))
            _checks.Add(new(kind, CheckResult.Skipped, subject, reason, null));
    }
}
