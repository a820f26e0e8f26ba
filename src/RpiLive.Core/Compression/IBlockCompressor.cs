namespace RpiLive.Core.Compression;

/// <summary>Compresses independent blocks. Not safe for several threads: each worker makes its own.</summary>
public interface IBlockCompressor : IDisposable
{
    /// <summary>Compresses <paramref name="source"/> into <paramref name="destination"/>.</summary>
    /// <returns>The compressed size, always less than <c>source.Length</c>; 0 when compression does not pay.</returns>
    int Compress(ReadOnlySpan<byte> source, Span<byte> destination);
}
