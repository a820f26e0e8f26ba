namespace RpiLive.Core.Imaging;

/// <summary>What the root edits did.</summary>
/// <param name="Edits">The edits that changed something, in the order made.</param>
/// <param name="Warnings">What the user should know, one or two sentences each.</param>
public sealed record RootEditResult(IReadOnlyList<AppliedEdit> Edits, IReadOnlyList<string> Warnings);
