using RpiLive.Core.Errors;

namespace RpiLive.Core.Debian.Archive;

/// <summary>What a user reads when a mirror fails.</summary>
internal static class MirrorErrors
{
    public static ImageException Translate(Uri uri, TransferException e) => e.Fault switch
    {
        TransferFault.Missing => new(
            ErrorIds.DownloadMissing, ImageErrorKind.Missing, $"{uri}: {e.Message}.",
            "Try again later, as mirrors change while they are brought up to date, or name another mirror.", e),
        TransferFault.Damaged => new(
            ErrorIds.DownloadDamaged, ImageErrorKind.Corrupt, $"{uri}: {e.Message}.",
            "Try again later or name another mirror; check whether a proxy changes what it passes on.", e),
        _ => new(
            ErrorIds.MirrorUnreachable, ImageErrorKind.Unreadable, $"{uri.Host}: cannot be reached for {uri}: {e.Message}.",
            "Check the network and the proxy that the environment names (https_proxy, http_proxy), or name another mirror.", e),
    };
}
