using RpiLive.Core.Imaging.Facts;

namespace RpiLive.Core.Imaging;

/// <summary>How an image runs on a model with so much RAM.</summary>
/// <param name="Model">The model.</param>
/// <param name="MemoryMiB">Its RAM in MiB.</param>
/// <param name="Flavour">The kernel that it loads from the image; null for none.</param>
/// <param name="Fit">Where the root lives.</param>
/// <param name="AvailableMiB">MiB that are available when /init starts.</param>
/// <param name="NeededMiB">MiB that the root takes in RAM, with what must stay available.</param>
/// <param name="FreeMiB">MiB that are available once the system has started; null where it does not.</param>
public sealed record ModelFit(PiModel Model, int MemoryMiB, string? Flavour, MemoryFit Fit, int AvailableMiB, int NeededMiB, int? FreeMiB);
