namespace RpiLive.Core.Testing;

/// <summary>How a check of a live image came out, worst first.</summary>
public enum CheckResult
{
    /// <summary>The image does not do what it is for, or writes where it must not.</summary>
    Failed,

    /// <summary>The image works, and its user should know something.</summary>
    Warning,

    /// <summary>Not looked at; the message says why.</summary>
    Skipped,

    /// <summary>All is well.</summary>
    Passed,
}
