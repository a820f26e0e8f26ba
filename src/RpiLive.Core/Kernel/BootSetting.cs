namespace RpiLive.Core.Kernel;

/// <summary>One line of config.txt with the section that it stands in.</summary>
/// <param name="Filter">The section's filter without brackets, such as <c>pi4</c>; empty or <c>all</c> where the line always counts.</param>
/// <param name="Key">What stands before <c>=</c>, or the first word of a line such as <c>initramfs FILE followkernel</c>.</param>
/// <param name="Value">The rest of the line.</param>
public readonly record struct BootSetting(string Filter, string Key, string Value)
{
    /// <summary>True when the line counts on every board.</summary>
    public bool IsUnconditional => Filter is "" or "all";
}
