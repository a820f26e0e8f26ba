namespace RpiLive.Core.Tree;

/// <summary>A moment as Linux file systems keep it.</summary>
/// <param name="Seconds">Seconds since 1970-01-01T00:00:00Z, negative before; ext4 reaches from 1901 to 2446.</param>
/// <param name="Nanoseconds">0 to 999,999,999.</param>
public readonly record struct Timestamp(long Seconds, uint Nanoseconds = 0);
