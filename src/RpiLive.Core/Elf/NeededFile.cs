using RpiLive.Core.Tree;

namespace RpiLive.Core.Elf;

/// <summary>A file that a program needs to start.</summary>
/// <param name="Path">Absolute path at which the dynamic loader looks for it.</param>
/// <param name="Content">The bytes.</param>
public sealed record NeededFile(string Path, FileContent Content);
