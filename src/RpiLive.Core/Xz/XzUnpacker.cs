using RpiLive.Core.Errors;
using RpiLive.Core.Packed;
using RpiLive.Core.Streams;

namespace RpiLive.Core.Xz;

/// <summary>Unpacks whole .xz files in memory, such as kernel modules.</summary>
public static class XzUnpacker
{
    /// <summary>Bytes of the result that are allocated for each packed byte before the content proves that there are more.</summary>
    private const long ExpectedRatio = 32, MinAllocation = 1 << 16;

    /// <summary>Unpacks all streams of a file; all checksums are compared.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="limit">The most bytes that the result may have.</param>
    /// <param name="name">What errors call the file.</param>
    /// <exception cref="ImageException">
    /// <c>CorruptXz</c>: damaged, or larger than <paramref name="limit"/>; <c>UnsupportedXz</c>: filters other than LZMA2.
    /// </exception>
    public static byte[] Unpack(ReadOnlyMemory<byte> bytes, int limit, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        using XzFile file = new(new MemorySource(bytes, name));
        if (file.Length > limit)
            throw ImageException.Corrupt("Xz", name, $"unpacks to {file.Length:N0} bytes, more than the {limit:N0} that it may have");
        int length = (int)file.Length, done = 0;
        byte[] result = GC.AllocateUninitializedArray<byte>((int)Math.Min(length, Math.Max(MinAllocation, ExpectedRatio * bytes.Length)));
        for (int index = 0; index < file.Blocks.Count; index++)
        {
            using BlockUnpacker block = file.Open(index);
            for (long left = file.Blocks[index].Length; left > 0;)
            {
                if (done == result.Length)
                    Array.Resize(ref result, (int)Math.Min(length, 2L * done));
                int count = block.Read(result.AsSpan(done, (int)Math.Min(left, result.Length - done)));
                done += count;
                left -= count;
            }
        }
        return result;
    }
}
