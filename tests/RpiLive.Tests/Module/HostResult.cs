namespace RpiLive.Tests.Module;

/// <summary>What a run of the host left.</summary>
internal sealed record HostResult(int ExitCode, string Output, string Error);
