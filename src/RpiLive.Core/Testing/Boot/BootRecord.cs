namespace RpiLive.Core.Testing.Boot;

/// <summary>How one start of a machine went.</summary>
/// <param name="Report">What the guest said.</param>
/// <param name="Written">Bytes that it wrote to the card, by QEMU's count; null where that is not known.</param>
/// <param name="IsOff">True when it switched itself off or asked for a restart, as it was told.</param>
/// <param name="IsBroken">True when QEMU itself ended.</param>
/// <param name="TimedOut">True when it did not get there in time.</param>
/// <param name="Tail">The last lines of its serial port.</param>
/// <param name="Errors">What QEMU complained of.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record BootRecord(GuestReport Report, long? Written, bool IsOff, bool IsBroken, bool TimedOut, string Tail, string Errors, TimeSpan Duration);
