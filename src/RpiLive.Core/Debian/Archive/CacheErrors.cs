using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Debian.Archive;

/// <summary>Turns what the host says about the cache into <see cref="ImageException"/>.</summary>
internal static class CacheErrors
{
    /// <summary>Runs <paramref name="work"/> on the cache.</summary>
    /// <exception cref="ImageException"><see cref="ErrorIds.CacheFull"/> or <see cref="ErrorIds.CacheUnusable"/>.</exception>
    public static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (HostErrors.IsHostError(e))
        {
            throw Translate(path, e);
        }
    }

    public static ImageException Translate(string path, Exception e) => HostErrors.IsDiskFull(e)
        ? Full($"{path}: the disk of the cache is full", e)
        : new ImageException(
            ErrorIds.CacheUnusable, ImageErrorKind.Destination, $"{path}: cannot be used as cache: {e.Message.TrimEnd('.')}.",
            "Choose a cache folder that you may read and write, and check that no other program uses its files.", e);

    public static ImageException Full(string what, Exception? inner = null) => new(
        ErrorIds.CacheFull, ImageErrorKind.Destination, what + ".", "Free some space, or choose a cache folder on another disk.", inner);
}
