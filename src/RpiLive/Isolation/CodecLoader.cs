using System.Runtime.CompilerServices;
using RpiLive.Codecs;
using RpiLive.Codecs.OpenPgp;
using RpiLive.Core.Compression;
using RpiLive.Core.Debian.Archive;

namespace RpiLive.Isolation;

/// <summary>The one place that names types of RpiLive.Codecs, so that the assembly loads only when one of these methods runs.</summary>
internal static class CodecLoader
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ICodecs Create() => new ThirdPartyCodecs();

    /// <param name="keyrings">Full paths of keyrings that are trusted besides the keys of Debian.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IReleaseSignatures CreateSignatures(IReadOnlyList<string> keyrings) => new OpenPgpSignatures(keyrings);
}
