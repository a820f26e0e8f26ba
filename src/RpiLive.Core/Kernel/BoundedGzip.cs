using System.IO.Compression;

namespace RpiLive.Core.Kernel;

/// <summary>Unpacks gzip data that may be forged.</summary>
internal static class BoundedGzip
{
    /// <summary>The unpacked bytes; null when damaged or when there are more than <paramref name="limit"/>.</summary>
    public static byte[]? Decompress(ReadOnlyMemory<byte> bytes, int limit)
    {
        try
        {
            using MemoryStream source = new(bytes.ToArray(), writable: false), result = new();
            using GZipStream gzip = new(source, CompressionMode.Decompress);
            byte[] window = new byte[1 << 16];
            while (gzip.Read(window) is > 0 and int count)
            {
                if (result.Length + count > limit)
                    return null;
                result.Write(window, 0, count);
            }
            return result.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
