using RpiLive.Core.Imaging.Initramfs;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>One directory that is kept, or kept out of the upper layer.</summary>
/// <param name="Directory">Absolute path; see <see cref="KeepDirectory.Fault"/>.</param>
/// <param name="Mode">How it is kept.</param>
/// <param name="Store">Name of the store; null for <see cref="KeepMode.Tmpfs"/> alone.</param>
/// <param name="Size">The most RAM of <see cref="KeepMode.Tmpfs"/>; null for the kernel's default of half the RAM, and for other modes.</param>
public sealed record KeepRule(string Directory, KeepMode Mode, string? Store, MemorySize? Size = null)
{
    /// <summary>The value of the rule's line in the settings: <c>overlay usb /var/log</c>, <c>tmpfs 64 /var/cache</c>.</summary>
    public override string ToString() =>
        $"{Mode.ToString().ToLowerInvariant()} {(Mode == KeepMode.Tmpfs ? Size?.ToString() ?? "-" : Store)} {Directory}";
}
