using RpiLive.Core.Compression;
using RpiLive.Core.SquashFs;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Imaging;

/// <summary>Opens the root of a live image.</summary>
public static class LiveRoot
{
    /// <summary>Opens it with the codecs that live images are made with.</summary>
    /// <param name="source">The squashfs; stays open.</param>
    /// <param name="codecs">The codecs.</param>
    /// <exception cref="Errors.ImageException">No SquashFS, damaged, or packed by another codec.</exception>
    public static SquashFsVolume Open(RandomAccessSource source, ICodecs codecs) => SquashFsVolume.Open(source, name => name switch
    {
        "gzip" => new GzipBlockCodec(),
        "zstd" => codecs.Zstd,
        _ => null,
    });
}
