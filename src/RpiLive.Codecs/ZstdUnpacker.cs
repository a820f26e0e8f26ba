using RpiLive.Core.Errors;
using ZstdSharp;

namespace RpiLive.Codecs;

/// <summary>Unpacks whole .zst files.</summary>
internal static class ZstdUnpacker
{
    /// <summary>
    /// Unpacks straight into an array that grows until the result fits: so no window is allocated, whose size would be
    /// a claim of the input.
    /// </summary>
    public static byte[] Unpack(ReadOnlySpan<byte> source, int limit)
    {
        if (source.IsEmpty)
            throw ImageException.Corrupt("Codec", "zstd", "the input is empty");
        using Decompressor decompressor = new();
        int capacity = (int)Math.Min(limit, Math.Max(1L << 16, 4L * source.Length));
        while (true)
        {
            byte[] result = GC.AllocateUninitializedArray<byte>(capacity);
            try
            {
                if (decompressor.TryUnwrap(source, result, out int length))
                {
                    Array.Resize(ref result, length);
                    return result;
                }
            }
            catch (ZstdException e)
            {
                throw ImageException.Corrupt("Codec", "zstd", $"the input of {source.Length:N0} bytes is damaged ({e.Message.TrimEnd('.')})");
            }
            if (capacity == limit)
                throw ImageException.Corrupt("Codec", "zstd", $"the input unpacks to more than the {limit:N0} bytes it may have");
            capacity = (int)Math.Min(limit, 2L * capacity);
        }
    }
}
