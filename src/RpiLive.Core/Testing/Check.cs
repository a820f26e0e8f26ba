namespace RpiLive.Core.Testing;

/// <summary>One thing that was looked at.</summary>
/// <param name="Kind">Which check.</param>
/// <param name="Result">How it came out.</param>
/// <param name="Subject">What it was done on, where there are several: a kernel, a model, a store; else null.</param>
/// <param name="Message">What was seen, or why it was not looked at; a sentence or two.</param>
/// <param name="Action">What to do; null where nothing is to be done.</param>
public sealed record Check(CheckKind Kind, CheckResult Result, string? Subject, string Message, string? Action);
