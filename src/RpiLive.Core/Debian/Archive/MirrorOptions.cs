namespace RpiLive.Core.Debian.Archive;

/// <summary>How mirrors are asked. Proxies are those of the environment, as .NET reads it.</summary>
public sealed record MirrorOptions
{
    /// <summary>The most files at a time.</summary>
    public int Connections { get; init; } = 6;

    /// <summary>
    /// Attempts in a row without any gain after which a mirror is given up. One that was never reached gets two.
    /// </summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The longest wait for a connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest wait for an answer, and for its next bytes. There is no limit for all of a file.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The wait before the second attempt; each further one is twice as long.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between attempts, also where the mirror asks for a longer one.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What tells the time that signatures and Release files are judged by.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Waits between attempts.</summary>
    internal Func<TimeSpan, CancellationToken, Task> Delay { get; init; } = Task.Delay;
}
