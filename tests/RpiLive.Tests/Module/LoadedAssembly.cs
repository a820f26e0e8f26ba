namespace RpiLive.Tests.Module;

/// <summary>An assembly as a process has it.</summary>
internal sealed record LoadedAssembly(string Context, string Name, string Version, string Location);
