namespace RpiLive.Core.Debian.Archive;

/// <summary>One attempt at a file has failed.</summary>
/// <param name="fault">What follows from it.</param>
/// <param name="what">What is wrong; no full stop.</param>
/// <param name="inner">The cause, where there is one.</param>
internal sealed class TransferException(TransferFault fault, string what, Exception? inner = null) : Exception(what, inner)
{
    public TransferFault Fault => fault;

    /// <summary>How long the server asks to wait; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
