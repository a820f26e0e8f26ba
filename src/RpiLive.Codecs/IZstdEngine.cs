namespace RpiLive.Codecs;

/// <summary>One implementation of Zstandard at one level. Not safe for several threads.</summary>
internal interface IZstdEngine : IDisposable
{
    /// <summary>Compresses into one frame.</summary>
    /// <returns>The size of the frame; 0 when it does not fit into <paramref name="destination"/>.</returns>
    int Compress(ReadOnlySpan<byte> source, Span<byte> destination);
}
