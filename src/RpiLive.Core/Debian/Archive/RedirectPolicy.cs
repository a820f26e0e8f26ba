namespace RpiLive.Core.Debian.Archive;

/// <summary>Where a mirror may send on to.</summary>
internal static class RedirectPolicy
{
    /// <summary>The most steps.</summary>
    public const int MaxSteps = 8;

    /// <summary>The address to go on with.</summary>
    /// <param name="from">The address that was asked.</param>
    /// <param name="location">What the answer gives; may be relative to <paramref name="from"/>.</param>
    /// <exception cref="TransferException">No address, one that is not http or https, or one without encryption after one with.</exception>
    public static Uri Follow(Uri from, Uri? location)
    {
        if (location is null)
            throw new TransferException(TransferFault.Missing, "the server sends on to nowhere");
        Uri to = new(from, location);
        if (!MirrorPath.IsHttp(to))
            throw new TransferException(TransferFault.Missing, $"the server sends on to {to}, which is not http or https");
        if (from.Scheme == Uri.UriSchemeHttps && to.Scheme != Uri.UriSchemeHttps)
            throw new TransferException(TransferFault.Missing, $"the server sends on from https to {to}, which is not encrypted");
        return to;
    }
}
