using RpiLive.Core.Errors;

namespace RpiLive.Core.Compression;

/// <summary>Decompresses independent blocks. Not safe for several threads: each worker makes its own.</summary>
public interface IBlockDecompressor : IDisposable
{
    /// <summary>Decompresses <paramref name="source"/> into <paramref name="destination"/>.</summary>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ImageException"><c>CorruptCodec</c>: damaged, or larger than <paramref name="destination"/>.</exception>
    int Decompress(ReadOnlySpan<byte> source, Span<byte> destination);
}
