namespace RpiLive.Core.Imaging.Persistence;

/// <summary>One line of live-boot's persistence.conf.</summary>
/// <param name="Directory">The directory.</param>
/// <param name="Mode"><c>bind</c>, which is the default, or <c>union</c>, an overlay.</param>
/// <param name="Source">Where its data lie from the root of the volume; null for the default, which is the directory's own path.</param>
public readonly record struct PersistenceConfEntry(string Directory, KeepMode Mode, string? Source);
