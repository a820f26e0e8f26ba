namespace RpiLive.Core.Imaging;

/// <summary>A place on the card for kept data, as the image has it.</summary>
/// <param name="Length">Bytes of the partition or of the container file.</param>
public sealed record CardStore(long Length);
