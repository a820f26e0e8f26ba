namespace RpiLive.Core.Testing.Boot;

/// <summary>How images are booted in QEMU.</summary>
public sealed record BootOptions
{
    /// <summary>The QEMU to use; null where the host has none.</summary>
    public QemuProgram? Qemu { get; init; }

    /// <summary>How long one boot may take to the report of its system.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A file for all that the serial ports showed; null for none.</summary>
    public string? ConsoleLogPath { get; init; }

    /// <summary>Told what is being done and how far it is in percent; may be null.</summary>
    public Action<string, int>? Progress { get; init; }
}
