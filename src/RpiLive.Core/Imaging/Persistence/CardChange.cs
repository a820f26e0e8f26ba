using RpiLive.Core.Tree;

namespace RpiLive.Core.Imaging.Persistence;

/// <summary>A store on the card that is made, made anew or removed.</summary>
/// <param name="Kind">Partition or folder.</param>
/// <param name="Length">Bytes that it has then; null when it is removed.</param>
/// <param name="Seeded">The rule whose directory is filled; null for none.</param>
/// <param name="Seed">What fills it.</param>
public sealed record CardChange(StoreKind Kind, long? Length, KeepRule? Seeded = null, DirectoryNode? Seed = null);
