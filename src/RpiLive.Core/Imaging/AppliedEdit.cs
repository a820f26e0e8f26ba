namespace RpiLive.Core.Imaging;

/// <summary>One change made to the root of the stock image.</summary>
/// <param name="Name">Stable kebab-case name, such as <c>fstab</c> or <c>machine-id</c>.</param>
/// <param name="Reason">Why a live system needs it, in one sentence.</param>
/// <param name="Paths">The paths changed, added or removed.</param>
public sealed record AppliedEdit(string Name, string Reason, IReadOnlyList<string> Paths);
