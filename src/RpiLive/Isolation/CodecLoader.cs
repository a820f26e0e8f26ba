using System.Runtime.CompilerServices;
using RpiLive.Codecs;
using RpiLive.Core.Compression;

namespace RpiLive.Isolation;

/// <summary>The one place that names a type of RpiLive.Codecs, so that the assembly loads only when this method runs.</summary>
internal static class CodecLoader
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ICodecs Create() => new ThirdPartyCodecs();
}
