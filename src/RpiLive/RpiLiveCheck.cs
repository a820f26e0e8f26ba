using RpiLive.Core.Testing;

namespace RpiLive;

/// <summary>One thing that Test-RpiLiveImage looked at. Its text is one line.</summary>
public sealed class RpiLiveCheck
{
    internal RpiLiveCheck(Check check)
    {
        Id = check.Kind.Id;
        Category = check.Kind.Category.ToString();
        Result = check.Result.ToString();
        Subject = check.Subject;
        Message = check.Message;
        Action = check.Action;
        Description = check.Kind.Description;
    }

    /// <summary>Stable name of the check; -Exclude takes it.</summary>
    public string Id { get; }

    /// <summary>What it is about: Structure, Firmware, Initramfs, Root, Settings, Safety, Fit or Boot.</summary>
    public string Category { get; }

    /// <summary>How it came out: Failed, Warning, Skipped or Passed. A text, so that it is one in JSON, too.</summary>
    public string Result { get; }

    /// <summary>What it was made on, such as a kernel, a model or a store; null where there is one only.</summary>
    public string? Subject { get; }

    /// <summary>What was seen, or why it was not looked at.</summary>
    public string Message { get; }

    /// <summary>What to do; null where nothing is to be done.</summary>
    public string? Action { get; }

    /// <summary>What holds when it passes.</summary>
    public string Description { get; }

    /// <summary>Result, id, subject and message.</summary>
    public override string ToString() => $"{Result}: {Id}{(Subject is null ? "" : $" ({Subject})")}: {Message}";
}
