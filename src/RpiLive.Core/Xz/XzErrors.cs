using RpiLive.Core.Errors;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Xz;

/// <summary>The errors of .xz files, with the place.</summary>
internal static class XzErrors
{
    public static ImageException Corrupt(RandomAccessSource source, long offset, string what) =>
        ImageException.Corrupt("Xz", source.Name, $"{what} (at offset {offset:N0})");

    public static ImageException Unsupported(RandomAccessSource source, long offset, string what) =>
        ImageException.Unsupported("Xz", source.Name, $"{what} (at offset {offset:N0})");
}
