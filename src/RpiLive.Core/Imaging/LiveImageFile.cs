using RpiLive.Core.Errors;
using RpiLive.Core.Partitions;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Imaging;

/// <summary>Opens live image files.</summary>
public static class LiveImageFile
{
    /// <summary>Reads what a live image says of itself.</summary>
    /// <param name="path">Full path of the image.</param>
    /// <exception cref="ImageException"><see cref="ErrorIds.NotLive"/>, or the file is no image or damaged.</exception>
    public static LiveImage Open(string path)
    {
        using FileSource source = new(path);
        LiveContent content = LiveContent.Read(BootVolume.Open(BootVolume.Find(MasterBootRecord.Read(source), source), source).ReadTree(), path);
        return content.Document.ToLiveImage(path, source.Length, content.Settings.Root);
    }
}
