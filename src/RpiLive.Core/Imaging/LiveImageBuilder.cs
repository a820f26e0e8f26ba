using RpiLive.Core.Compression;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Imaging;

/// <summary>Makes a live image out of a stock image.</summary>
public sealed class LiveImageBuilder(ICodecs codecs)
{
    /// <summary>Builds the image; the destination appears whole at the end or not at all.</summary>
    /// <exception cref="ImageException">Anything that is wrong with input or destination.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left behind.</exception>
    public LiveImage Build(LiveImageOptions options, IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        _ = codecs;
        throw new NotImplementedException();
    }
}
