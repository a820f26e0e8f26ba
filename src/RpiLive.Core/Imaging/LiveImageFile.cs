using RpiLive.Core.Errors;

namespace RpiLive.Core.Imaging;

/// <summary>Opens live image files.</summary>
public static class LiveImageFile
{
    /// <summary>Reads what a live image says of itself.</summary>
    /// <param name="path">Full path of the image.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.NotLive"/>, or the file is no image or damaged.</exception>
    public static LiveImage Open(string path)
    {
        using LiveImageReader reader = LiveImageReader.Open(path);
        return reader.Image;
    }
}
