namespace RpiLive.Core.Imaging.BootFiles;

/// <summary>One setting of config.txt with the section that it stands in.</summary>
/// <param name="Filter">
/// The filters in force without their brackets, joined by a space where a model and a condition filter are combined; empty
/// where the line counts on every board.
/// </param>
/// <param name="Key">What stands before <c>=</c>, or the first word of a line such as <c>initramfs FILE followkernel</c>.</param>
/// <param name="Value">The rest of the line.</param>
public readonly record struct ConfigLine(string Filter, string Key, string Value);
