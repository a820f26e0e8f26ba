using System.Buffers;
using System.IO.Compression;
using RpiLive.Core.Errors;

namespace RpiLive.Core.Compression;

/// <summary>Unpacks zlib streams; the Adler-32 at their end is checked.</summary>
internal sealed class GzipBlockDecompressor : IBlockDecompressor
{
    public int Decompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        byte[] input = ArrayPool<byte>.Shared.Rent(source.Length);
        try
        {
            source.CopyTo(input);
            using MemoryStream packed = new(input, 0, source.Length, writable: false);
            using ZLibStream stream = new(packed, CompressionMode.Decompress);
            int length = stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
            // One more read meets the end of the stream, where the checksum is compared.
            if (length == destination.Length && stream.ReadByte() >= 0)
                throw Corrupt($"a gzip block unpacks to more than the {destination.Length:N0} bytes it may have");
            return length;
        }
        catch (InvalidDataException e)
        {
            throw Corrupt($"a gzip block of {source.Length:N0} bytes is damaged ({e.Message.TrimEnd('.')})");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
        }
    }

    public void Dispose()
    {
    }

    private static ImageException Corrupt(string what) => ImageException.Corrupt("Codec", "gzip", what);
}
