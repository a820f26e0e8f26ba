using RpiLive.Core.Errors;

namespace RpiLive.Core.Imaging;

/// <summary>Opens live image files.</summary>
public static class LiveImageFile
{
    /// <summary>Reads what a live image says of itself.</summary>
    /// <exception cref="ImageException">Not a live image, or damaged.</exception>
    public static LiveImage Open(string path) => throw new NotImplementedException();
}
